"""Records which lines of the workspace run, per test and at import."""

import atexit
import json
import os
import sys
import threading
import time


class Tracer:
    """Line coverage by bucket; the bucket "" is everything outside tests."""

    def __init__(self, workspace):
        self.workspace = workspace
        self.buckets = {"": {}}
        self.current = self.buckets[""]
        self.calls_at_import = set()
        self.importing = True
        self.known = {}
        self.tell = None  # called with each line when it runs for the first time, for tests that end their process

    def start(self):
        sys.settrace(self.on_call)
        threading.settrace(self.on_call)

    def stop(self):
        sys.settrace(None)
        threading.settrace(None)

    def switch(self, bucket):
        self.importing = False
        self.current = self.buckets.setdefault(bucket, {})
        sys.settrace(self.on_call)  # a test may have taken it away

    def wanted(self, filename):
        answer = self.known.get(filename)
        if answer is None:
            path = os.path.realpath(filename)
            answer = path.startswith(self.workspace) and "-packages" + os.sep not in path and os.path.isfile(path)
            self.known[filename] = answer
        return answer

    def on_call(self, frame, event, argument):
        code = frame.f_code
        if not self.wanted(code.co_filename):
            return None
        if self.importing and code.co_flags & 1:  # optimized locals: a function, not a module or class body
            self.calls_at_import.add((code.co_filename, code.co_firstlineno, code.co_name))
        lines = self.current.setdefault(code.co_filename, set())

        def on_line(frame, event, argument):
            if event == "line":
                if self.tell is not None and frame.f_lineno not in lines:
                    self.tell(code.co_filename, frame.f_lineno)
                lines.add(frame.f_lineno)
            return on_line

        return on_line

    def result(self):
        """Per bucket: file -> sorted lines."""
        return {
            bucket: {file: sorted(lines) for file, lines in files.items() if lines}
            for bucket, files in self.buckets.items()
        }


def trace_process(workspace, folder):
    """Traces this process to its end and leaves its lines as a file in the folder."""
    tracer = Tracer(workspace)
    tracer.start()

    def leave():
        tracer.stop()
        path = os.path.join(folder, f"{os.getpid()}-{time.monotonic_ns()}")
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump(tracer.result()[""], file)
        os.rename(path + ".new", path + ".json")

    atexit.register(leave)


def lines_of_processes(folder):
    """Takes what traced processes left: file -> lines."""
    found = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith(".json"):
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8") as file:
                for source, lines in json.load(file).items():
                    found.setdefault(source, set()).update(lines)
            os.unlink(path)
    return found
