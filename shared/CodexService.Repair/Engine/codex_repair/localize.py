"""Where the fault probably is: Ochiai over lines, raised by tracebacks and by the prompt."""

import ast
import math
import os

from codex_repair.prompt import words_of
from codex_repair.source import FUNCTIONS

FRAME_BOOST = 1.6
SAME_FUNCTION = 0.25
MOST_DEATHS = 12  # tests that take their process with them; more are not followed
DIED = "ProcessEnded: the test takes its process with it"
NO_TIME = ("TooSlow", DIED)  # signatures of tests whose time tells nothing about how long they should take


def follow(run):
    """
    A baseline by ``run(**job)``, which gives a child's answer. A test that takes its process with it is run again by
    itself, telling each line at once; then the others, without it, go on in another process.
    """
    lines = []
    only = None
    for _ in range(1 + MOST_DEATHS):
        answer = run() if only is None else run(only=only)
        if answer is None:
            return None
        lines += answer["lines"]
        started = next((line for line in answer["lines"] if "ids" in line), None)
        if answer["timed_out"] or started is None or any("done" in line for line in answer["lines"]):
            break
        seen = {line["test"] for line in answer["lines"] if "test" in line}
        left = [test for test in started["ids"] if test not in seen]
        if not left:
            break
        alone = run(only=left[:1], tell=True)
        if alone is None:
            return None
        lines.append(last_words(left[0], alone))
        only = left[1:]
    return Baseline({"lines": lines})


def last_words(test, answer):
    """What is known of a test that takes its process with it: it fails, in the line that was the last to be new."""
    ran = [line["ran"] for line in answer["lines"] if "ran" in line]
    files = {}
    for path, line in ran:
        files.setdefault(path, []).append(line)
    return {"test": test, "outcome": "failed", "signature": DIED, "seconds": 0.0, "lines": files,
            "frames": [[*place, ""] for place in ran[-1:]]}


class Baseline:
    """One run of every test with coverage."""

    def __init__(self, answer):
        self.outcomes = {}
        self.signatures = {}
        self.seconds = {}
        self.lines = {}
        self.frames = {}
        self.outside = {}
        self.ran_at_import = []
        self.modules = []
        self.spawned = False
        self.complete = False
        self.start_seconds = 0.0
        for line in answer["lines"]:
            if "test" in line:
                test = line["test"]
                self.outcomes[test] = line["outcome"]
                self.signatures[test] = line["signature"]
                self.seconds[test] = line["seconds"]
                self.frames[test] = line["frames"]
                self.lines[test] = {os.path.realpath(path): set(lines) for path, lines in line["lines"].items()}
            elif "start_seconds" in line:
                self.start_seconds = line["start_seconds"]
            elif "outside" in line:
                self.outside = {os.path.realpath(path): set(lines) for path, lines in line["outside"].items()}
                self.ran_at_import = line["ran_at_import"]
                self.modules = line["modules"]
                self.spawned = line["spawned"]
                self.complete = True

    @property
    def usual_seconds(self):
        """Seconds per test; a test that did not end tells nothing about how long it should take."""
        return {test: 0.05 if self.signatures[test].startswith(NO_TIME) else seconds
                for test, seconds in self.seconds.items()}

    @property
    def failing(self):
        return [test for test, outcome in self.outcomes.items() if outcome == "failed"]

    @property
    def passing(self):
        return [test for test, outcome in self.outcomes.items() if outcome == "passed"]

    @property
    def files(self):
        found = set(self.outside)
        for lines in self.lines.values():
            found |= set(lines)
        return found


class Suspicion:
    """Suspicion of lines and statements, 0 to about 1."""

    def __init__(self, project, baseline, targets, prompt):
        self.project = project
        self.prompt = prompt
        self.lines = ochiai(baseline, targets)
        self.add_import_failures(baseline, targets)
        self.frames = {}
        for test in targets:
            frames = [(os.path.realpath(path), line) for path, line, _ in baseline.frames.get(test, [])]
            frames = [frame for frame in frames if frame[0] in project.sources]
            for distance, frame in enumerate(reversed(frames)):
                self.frames[frame] = max(self.frames.get(frame, 0.0), 1.0 + (FRAME_BOOST - 1.0) / (1 + distance))
        self.functions = {}
        self.by_name = {}
        for source in project.sources.values():
            self.spread(source)

    def add_import_failures(self, baseline, targets):
        """Tests whose file cannot be imported ran no line of their own; their imports did."""
        for test in targets:
            if not baseline.lines.get(test) and baseline.frames.get(test):
                for path, lines in baseline.outside.items():
                    for line in lines:
                        self.lines.setdefault((path, line), 0.1)
                for path, line, _ in baseline.frames[test]:
                    self.lines[os.path.realpath(path), line] = 1.0

    def spread(self, source):
        """Functions get the suspicion of their worst line; names used on suspicious lines pass it to their values."""
        for node in ast.walk(source.tree):
            if isinstance(node, FUNCTIONS):
                last = node.end_lineno
                worst = max((self.lines.get((source.path, line), 0.0) for line in range(node.lineno + 1, last + 1)),
                            default=0.0)
                if worst == 0.0:
                    worst = self.lines.get((source.path, node.lineno), 0.0)
                self.functions[node] = worst
            elif isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load):
                name = node.id if isinstance(node, ast.Name) else node.attr
                worst = self.lines.get((source.path, node.lineno), 0.0)
                self.by_name[name] = max(self.by_name.get(name, 0.0), worst)

    def of_statement(self, source, statement):
        lines = source.header_lines(statement)
        worst = max((self.lines.get((source.path, line), 0.0) for line in lines), default=0.0)
        if isinstance(statement, FUNCTIONS):
            return 0.8 * self.functions.get(statement, 0.0)
        function = source.function(statement)
        if function is not None:
            if worst == 0.0:
                return 0.0 if self.functions[function] == 0.0 else 0.15 * self.functions[function]
            worst = (1 - SAME_FUNCTION) * worst + SAME_FUNCTION * self.functions[function]
        else:
            worst = max(worst, 0.6 * max((self.by_name.get(name, 0.0) for name in bound_names(statement)), default=0.0))
        return worst * max(self.frames.get((source.path, line), 1.0) for line in lines)

    def weight(self, source, statement):
        """How much the prompt favours the place."""
        function = statement if isinstance(statement, FUNCTIONS) else source.function(statement)
        name = source.qualified_name(function) if function is not None else " ".join(bound_names(statement))
        names = words_of(" ".join(
            part for line in source.header_lines(statement) for part in [source.lines[line - 1].decode("utf-8")]))
        return self.prompt.weight(source.rel, name, names)

    def top(self, count):
        """The most suspicious lines, for people."""
        known = [(score, path, line) for (path, line), score in self.lines.items() if path in self.project.sources]
        ordered = sorted(known, key=lambda item: (-item[0], item[1], item[2]))[:count]
        return [{"file": self.project.sources[path].rel, "line": line, "suspicion": round(score, 3),
                 "text": self.project.sources[path].lines[line - 1].decode("utf-8").strip()[:160]}
                for score, path, line in ordered]


def bound_names(statement):
    if isinstance(statement, ast.Assign):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    if isinstance(statement, (ast.AnnAssign, ast.AugAssign)) and isinstance(statement.target, ast.Name):
        return [statement.target.id]
    return []


def ochiai(baseline, targets):
    targets = set(targets)
    failed, passed = {}, {}
    for test, files in baseline.lines.items():
        outcome = baseline.outcomes[test]
        if test in targets:
            counts = failed
        elif outcome == "passed":
            counts = passed
        else:
            continue
        for path, lines in files.items():
            for line in lines:
                counts[path, line] = counts.get((path, line), 0) + 1
    total = len([test for test in targets if baseline.lines.get(test)]) or 1
    return {key: count / math.sqrt(total * (count + passed.get(key, 0))) for key, count in failed.items()}
