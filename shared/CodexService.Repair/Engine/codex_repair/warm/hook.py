"""Decides what a new Python process of the test command does: become the server, carry an overlay, or nothing."""

import json
import os
import sys
import time
from importlib.machinery import PathFinder

from codex_repair.warm import overlay
from codex_repair.warm.forkserver import ForkServer, connect

PLUGIN_OPTION = "-p codex_repair.warm.pytest_plugin"


class State:
    """What this process is: filled when a server hands a job to a forked child."""

    job = None
    workspace = ""
    socket = ""
    tracer = None


STATE = State()


def command_line():
    with open("/proc/self/cmdline", "rb") as file:
        return [part.decode("utf-8", "replace") for part in file.read().split(b"\0")[:-1]]


def install():
    settings = json.loads(os.environ["CODEX_REPAIR_SETTINGS"])
    if os.environ.get("CODEX_REPAIR_INSIDE"):
        join_test(settings)
        return
    if command_line() != settings["cmdline"]:
        return
    STATE.socket = os.environ["CODEX_REPAIR_SOCKET"]
    STATE.workspace = os.path.realpath(settings["workspace"]) + os.sep
    options = os.environ.get("PYTEST_ADDOPTS", "")
    if PLUGIN_OPTION not in options:
        os.environ["PYTEST_ADDOPTS"] = (options + " " + PLUGIN_OPTION).strip()
    sys.meta_path.insert(0, FirstProjectImport)
    from sitecustomize import when_imported

    when_imported("unittest.runner", hook_unittest)


def join_test(settings):
    """A process that a test started: carries the overlay of the candidate, or reports its lines to the baseline."""
    overlay_file = os.environ.get("CODEX_REPAIR_OVERLAY")
    if overlay_file:
        with open(overlay_file, encoding="utf-8") as file:
            texts = json.load(file)
        overlay.install(texts)
        command = command_line()
        script = overlay.changed_script(command, texts)
        if script is not None:
            flags = command[1:script]
            os.execv(sys.executable, [command[0], *flags, "-m", "codex_repair.warm.overlay", *command[script:]])
    folder = os.environ.get("CODEX_REPAIR_LINES")
    if folder:
        from codex_repair.warm.tracing import trace_process

        trace_process(os.path.realpath(settings["workspace"]) + os.sep, folder)


def hook_unittest(module):
    from codex_repair.warm import unittest_side

    unittest_side.install(module)


def in_project(path):
    path = os.path.realpath(path)
    if not path.startswith(STATE.workspace):
        return False
    inside = path[len(STATE.workspace):]
    return "site-packages" + os.sep not in inside and "dist-packages" + os.sep not in inside


class FirstProjectImport:
    """The first import that resolves into the workspace turns the process into the cold server."""

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None:
            return None
        places = [spec.origin] if spec.has_location else list(spec.submodule_search_locations or ())
        if any(place and in_project(place) for place in places):
            finder = become_server()
            if finder is not None:  # the import that is under way began before the overlay was there
                return finder.find_spec(fullname, path, target)
        return None


def become_server():
    """Serves forks; returns only in a child, which then goes on as the test command would, with its overlay."""
    if FirstProjectImport in sys.meta_path:
        sys.meta_path.remove(FirstProjectImport)
    os.environ["CODEX_REPAIR_INSIDE"] = "1"
    channel = connect(STATE.socket, "cold")
    if channel is None:
        os._exit(3)
    job = ForkServer(channel).serve()
    start_child(job)
    finder = overlay.install(job.get("overlay"))
    if job["kind"] == "baseline":
        from codex_repair.warm.tracing import Tracer

        os.environ["CODEX_REPAIR_LINES"] = job["lines_folder"]
        STATE.tracer = Tracer(STATE.workspace)
        STATE.tracer.start()
    return finder


def start_child(job):
    """Common to every forked child: remember the job and hand the overlay on to processes that tests start."""
    STATE.job = job
    job["started_at"] = time.process_time()
    if job.get("overlay_file"):
        os.environ["CODEX_REPAIR_OVERLAY"] = job["overlay_file"]
