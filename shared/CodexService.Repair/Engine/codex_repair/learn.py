"""Runs the test command once, as it is, and learns what it does."""

import json
import os
import re
import signal
import subprocess
import tempfile
import time

from codex_repair.events import CannotWork

OUTPUT_LIMIT = 64 << 10
REPORT_LIMIT = 64 << 20


class Learned:
    """What one run of the test command showed."""

    def __init__(self):
        self.exit_code = None
        self.sessions = []
        self.outcomes = {}
        self.seconds = 0.0
        self.hanging = None
        self.output = ""

    @property
    def failing(self):
        return [test for test, outcome in self.outcomes.items() if outcome in ("failed", "error")]

    @property
    def passing(self):
        return [test for test, outcome in self.outcomes.items() if outcome == "passed"]

    def session_of(self, tests):
        """The test process that ran most of the tests."""
        return max(self.sessions, key=lambda session: len(session["tests"] & set(tests)))


def run_tests(command, workspace, engine, deadline, hang_seconds):
    """One run of the test command with results per test; kills it at the deadline or when a single test hangs."""
    learned = Learned()
    with tempfile.TemporaryDirectory(prefix="codex-run-") as folder:
        report = os.path.join(folder, "report.jsonl")
        with open(os.path.join(folder, "output"), "w+b") as output:
            started = time.monotonic()
            process = subprocess.Popen(
                ["bash", os.path.join(engine, "run_tests.sh"), report, command],
                cwd=workspace, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
            ended = wait(process, report, deadline, hang_seconds)
            kill_group(process.pid)
            learned.seconds = time.monotonic() - started
            learned.exit_code = process.wait() if ended else None
            output.seek(max(0, output.seek(0, os.SEEK_END) - OUTPUT_LIMIT))
            learned.output = output.read().decode("utf-8", "replace")
        read_report(report, learned)
    if not ended and learned.hanging is None and not learned.outcomes:
        raise CannotWork(
            f"The test command did not end within {learned.seconds:.0f} s and ran no test: {command}")
    return learned


def wait(process, report, deadline, hang_seconds):
    size, changed = -1, time.monotonic()
    pause = 0.01
    while True:
        try:
            process.wait(pause)
            return True
        except subprocess.TimeoutExpired:
            pause = min(0.25, pause * 1.5)
        now = time.monotonic()
        current = os.path.getsize(report) if os.path.exists(report) else 0
        if current != size:
            size, changed = current, now
        if now >= deadline or (size > 0 and now - changed > hang_seconds):
            return False


def kill_group(pid):
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:
        pass  # all gone already


def read_report(path, learned):
    """The report is written by the tree under test: anything odd in it is skipped."""
    if not os.path.exists(path) or os.path.getsize(path) > REPORT_LIMIT:
        return
    with open(path, encoding="utf-8", errors="replace") as file:
        for text in file:
            try:
                line = json.loads(text)
            except ValueError:
                continue
            if not isinstance(line, dict):
                continue
            if isinstance(line.get("session"), dict):
                learned.sessions.append({**line["session"], "tests": set()})
            elif isinstance(line.get("started"), str):
                learned.hanging = line["started"]
            elif isinstance(line.get("id"), str) and line.get("outcome") in ("passed", "failed", "error", "skipped"):
                learned.outcomes[line["id"]] = line["outcome"]
                learned.hanging = None
                if learned.sessions:
                    learned.sessions[-1]["tests"].add(line["id"])
    # A test that began and never ended hung, or took its process with it.
    if learned.hanging and learned.sessions:
        learned.outcomes[learned.hanging] = "failed"
        learned.sessions[-1]["tests"].add(learned.hanging)


def explain_no_tests(command, learned):
    """Why a run without any test result cannot be repaired, in one line."""
    if learned.exit_code == 127 or re.search(r"(command not found|No such file or directory)\s*$", learned.output, re.M):
        line = last_line(learned.output)
        return f"The test command could not be started ({line}): {command}"
    missing = re.search(r"No module named '?([\w.]+)'?", learned.output)
    if missing:
        return (f"The test command needs the Python module {missing.group(1)}, which the sandbox does not have: "
                f"{command}")
    if learned.exit_code == 0:
        return None
    return (f"Only pytest and unittest tests can be followed without a model (CODEX_MODEL_URL, CODEX_MODEL); the test "
            f"command ran none of them and ended with exit code {learned.exit_code} ({last_line(learned.output)}): {command}")


def last_line(text):
    """The line that says most: pytest's own words for an error, else the last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line[1:].strip() for line in lines if line.startswith("E  ")]
    return (errors or lines or ["no output"])[-1][:200]
