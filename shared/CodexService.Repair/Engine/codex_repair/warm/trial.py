"""What a child does once the tests can run: become the hot server, run the baseline, or try a candidate."""

import gc
import json
import os
import signal
import sys
import time

from codex_repair.warm.forkserver import ForkServer, connect
from codex_repair.warm.hook import STATE, start_child
from codex_repair.warm.patience import MOST, starved_most, starved_seconds


class TooSlow(BaseException):
    """Raised inside a test that runs past its time at the baseline; shows where it hangs."""


class Speaker:
    """Writes answers to the pipe of the server; lines may wait for the next flush."""

    def __init__(self, job):
        self.fd = job["pipe"]
        self.waiting = []

    def note(self, line):
        self.waiting.append(line)

    def say(self, line):
        lines, self.waiting = [*self.waiting, line], []
        data = "".join(json.dumps(line) + "\n" for line in lines).encode("ascii")
        while data:
            data = data[os.write(self.fd, data):]


def at_tests(runner):
    """Called when the tests are known and nothing has run; never returns in a process of the engine."""
    job = STATE.job
    if job["kind"] == "hot":
        job = serve_hot(runner, job)
    code = 0
    try:
        if job["kind"] == "baseline":
            baseline(runner, job)
        else:
            trial(runner, job)
    except BaseException:  # noqa: B902 - a child must never run on as a second test command
        code = 4
        if os.environ.get("CODEX_REPAIR_DEBUG"):
            import traceback

            traceback.print_exc()
    os._exit(code)


def serve_hot(runner, job):
    from codex_repair.warm.swap import CannotSwap, LiveFunctions

    runner.prepare_to_fork()
    functions = LiveFunctions(STATE.workspace, job["ran_at_import"])
    base = dict(job.get("overlay") or {})
    for path in job["files"]:
        if path not in base:
            with open(path, encoding="utf-8", newline="") as file:
                base[path] = file.read()
        functions.compile(path, base[path])
    gc.collect()
    gc.freeze()  # children must not copy pages only to mark objects
    signal.setitimer(signal.ITIMER_PROF, 0)
    channel = connect(STATE.socket, "hot")
    if channel is None:
        os._exit(3)
    job = ForkServer(channel).serve()
    start_child(job)
    try:
        for path, text in job["overlay"].items():
            old = base[path]
            if text != old:
                functions.swap(path, old, text)
    except CannotSwap as problem:
        Speaker(job).say({"cold": str(problem)})
        os._exit(0)
    except (SyntaxError, ValueError) as problem:
        Speaker(job).say({"invalid": str(problem)})
        os._exit(0)
    return job


def trial(runner, job):
    """Target tests first; the others only when at least one target passes; stops at the first that breaks."""
    speaker = Speaker(job)
    passed = 0
    failed = 0
    for test_id, outcome, signature in runner.run(job["targets"]):
        speaker.note({"target": test_id, "ok": outcome == "passed", "signature": signature})
        if outcome == "passed":
            passed += 1
        else:
            failed += 1
            if not passed and failed >= job["give_up_after"]:
                break
    if not passed:
        speaker.say({"done": 1})
        return
    signal.setitimer(signal.ITIMER_PROF, job["cpu_others"])
    for test_id, outcome, _ in runner.run(job["others"]):
        if outcome != "passed":
            speaker.say({"broken": test_id})
            if len(job["targets"]) == passed or failed:
                break
    speaker.say({"done": 2})


def baseline(runner, job):
    """Every test with coverage; a test that runs past its time is a failure."""
    from codex_repair.warm.tracing import lines_of_processes

    speaker = Speaker(job)
    tracer = STATE.tracer
    spawned = watch_for_processes()

    begun = starved = 0.0

    def ring(signum, frame):
        elapsed = time.monotonic() - begun
        worked = elapsed - max(0.0, starved_most(os.getpgid(0)) - starved)
        if elapsed < MOST * job["test_seconds"] and worked < 0.7 * job["test_seconds"]:
            signal.setitimer(signal.ITIMER_REAL, 0.5 * job["test_seconds"])  # the machine is busy, the test is not endless
            return
        signal.setitimer(signal.ITIMER_REAL, 0.2)  # again, should the test swallow it
        raise TooSlow("the test did not end")

    signal.signal(signal.SIGALRM, ring)
    ids = [test_id for test_id in runner.ids() if job.get("only") is None or test_id in job["only"]]
    speaker.say({"start_seconds": time.process_time() - STATE.job["started_at"], "ids": ids})
    if job.get("tell"):
        tracer.tell = lambda file, line: speaker.say({"ran": [file, line]})

    def before(test_id):
        nonlocal begun, starved
        tracer.switch(test_id)
        begun, starved = time.monotonic(), starved_seconds("self")
        signal.setitimer(signal.ITIMER_REAL, job["test_seconds"])

    def after(test_id):
        signal.setitimer(signal.ITIMER_REAL, 0)
        tracer.switch("")

    clock = time.perf_counter()
    for test_id, outcome, signature in runner.run(ids, before, after, with_frames=True):
        now = time.perf_counter()
        files = tracer.buckets.pop(test_id, {})
        if spawned:
            for file, lines in lines_of_processes(job["lines_folder"]).items():
                files.setdefault(file, set()).update(lines)
        speaker.say({
            "test": test_id,
            "outcome": outcome,
            "signature": signature,
            "seconds": now - clock,
            "frames": runner.frames,
            "lines": {file: sorted(lines) for file, lines in files.items() if lines},
        })
        clock = time.perf_counter()
    tracer.stop()
    speaker.say({
        "outside": tracer.result()[""],
        "ran_at_import": sorted(tracer.calls_at_import),
        "modules": outside_modules(),
        "spawned": bool(spawned),
        "threads": threads(),
        "done": 1,
    })


def watch_for_processes():
    spawned = []

    def hook(event, arguments):
        if event in ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "os.system"):
            spawned.append(event)

    sys.addaudithook(hook)
    return spawned


def outside_modules():
    """Importable modules from outside the workspace, in the order in which they were imported."""
    names = []
    for name, module in list(sys.modules.items()):
        spec = getattr(module, "__spec__", None)
        origin = getattr(spec, "origin", None)
        if name == "__main__" or not origin or name.startswith("codex_") or name == "sitecustomize":
            continue
        if origin.startswith(STATE.workspace) and "-packages" + os.sep not in origin:
            continue
        names.append(name)
    return names


def threads():
    import threading

    return threading.active_count()


def frames_of(traceback):
    """Innermost last: file, line, function of the frames in the workspace."""
    frames = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if os.path.realpath(code.co_filename).startswith(STATE.workspace):
            frames.append([code.co_filename, traceback.tb_lineno, code.co_name])
        traceback = traceback.tb_next
    return frames[-40:]


def signature_of(exception):
    text = str(exception).split("\n", 1)[0][:300]
    return type(exception).__name__ + ": " + text
