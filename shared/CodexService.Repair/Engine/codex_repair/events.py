"""What the engine says, as JSON lines on standard output.

    {"event": "progress", "stage": "...", "message": "...", "candidates": 0, "data": {...}}
    {"event": "result", "changed": true, "title": "...", "summary": "...", "targets": [...], "candidates": 12, ...}
    {"event": "error", "message": "..."}          the task cannot be worked on

The last line is always a result or an error.
"""

import json
import sys
import time


class Events:
    def __init__(self, stream=None):
        self.stream = stream or sys.stdout
        self.last_search = 0.0

    def progress(self, stage, message, candidates=0, **data):
        self.write({"event": "progress", "stage": stage, "message": message, "candidates": candidates, "data": data})

    def searching(self, message, candidates, **data):
        """Progress of the search, at most four a second."""
        now = time.monotonic()
        if now - self.last_search >= 0.25:
            self.last_search = now
            self.progress("search", message, candidates, **data)

    def result(self, **facts):
        self.write({"event": "result", **facts})

    def error(self, message):
        self.write({"event": "error", "message": message})

    def write(self, line):
        self.stream.write(json.dumps(line) + "\n")
        self.stream.flush()


class CannotWork(Exception):
    """The task cannot be worked on; the message is one line for people."""
