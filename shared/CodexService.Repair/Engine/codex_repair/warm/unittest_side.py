"""unittest's side of the warm process: takes over where the text runner would run the suite."""

import re
import unittest

from codex_repair.identity import members
from codex_repair.warm.hook import STATE, in_project


def install(runner_module):
    original = runner_module.TextTestRunner.run

    def run(self, test):
        if STATE.job is None:
            return original(self, test)
        from codex_repair.warm.trial import at_tests

        return at_tests(UnittestRunner(test))

    runner_module.TextTestRunner.run = run


def flatten(suite):
    if isinstance(suite, unittest.TestSuite):
        for test in suite:
            yield from flatten(test)
    elif suite is not None:
        yield suite


def frames_in(text):
    """Frames of the workspace in a printed traceback."""
    frames = re.findall(r'^  File "([^"]+)", line ([0-9]+), in (.+)$', text, re.M)
    return [[path, int(line), name] for path, line, name in frames if in_project(path)][-40:]


def signature_in(text):
    """The exception that ended a printed traceback, in the form of other signatures."""
    after = re.split(r'^  File "[^"]+", line [0-9]+.*$', text, flags=re.M)[-1]
    found = re.search(r"^(?:\w+\.)*(\w+)(?:: (.*))?$", after, re.M)
    return f"{found[1]}: {found[2] or ''}"[:300] if found else text.splitlines()[-1][:300]


class Result(unittest.TestResult):
    def __init__(self, before, after):
        super().__init__()
        self.before = before
        self.after = after
        self.finished = []
        self.current = ["passed", "", []]

    def startTest(self, test):
        super().startTest(test)
        self.current = ["passed", "", []]
        if self.before:
            self.before(test.id())

    def stopTest(self, test):
        if self.after:
            self.after(test.id())
        self.finished.append((test.id(), *self.current))
        super().stopTest(test)

    def note(self, test, err):
        from codex_repair.warm.trial import frames_of, signature_of

        self.current = ["failed", signature_of(err[1]), frames_of(err[2])]
        if type(test).__module__ == "unittest.loader":  # the real failure is in the text only
            text = str(err[1]).strip()
            self.current = ["failed", signature_in(text), frames_in(text)]
        if not hasattr(test, "_testMethodName"):  # setUpClass and the like: no test is running
            self.finished.append((test.id(), *self.current))

    # The base class would build the whole text of each failure, which nobody reads here.

    def addError(self, test, err):
        self.note(test, err)

    def addFailure(self, test, err):
        self.note(test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.note(test, err)

    def addSkip(self, test, reason):
        self.current = ["skipped", reason, []]

    def addExpectedFailure(self, test, err):
        self.current = ["skipped", "expected failure", []]

    def addUnexpectedSuccess(self, test):
        self.current = ["failed", "unexpected success", []]


class UnittestRunner:
    def __init__(self, suite):
        self.tests = {}
        for test in flatten(suite):
            self.tests[test.id()] = test
        self.frames = []

    def ids(self):
        return list(self.tests)

    def prepare_to_fork(self):
        pass

    def run(self, ids, before=None, after=None, with_frames=False):
        """Yields id, outcome and signature per test; ids that are not there count as failed."""
        for test_id in ids:
            if test_id not in self.tests:
                self.frames = []
                failed = [signature for _, outcome, signature in self.run(members(test_id, self.tests))
                          if outcome == "failed"]
                passed = members(test_id, self.tests) and not failed
                yield test_id, "passed" if passed else "failed", "" if passed else (failed or ["not collected"])[0]
        result = Result(before, after)
        result._testRunEntered = True  # keeps class fixtures open from one test to the next
        suite = OneByOne()
        tests = [self.tests[test_id] for test_id in ids if test_id in self.tests]
        for test in tests:
            suite.enter(test, result)
            done = {entry[0] for entry in result.finished}
            if test.id() not in done and not suite.allowed(test, result):
                result.finished.append((test.id(), "failed", "the class or module could not be set up", []))
            elif test.id() not in done:
                test(result)
            for test_id, outcome, signature, frames in take(result):
                if test_id == test.id():
                    self.frames = frames
                    yield test_id, outcome, signature
        suite.leave(result)


def take(result):
    finished, result.finished = result.finished, []
    return finished


class OneByOne(unittest.TestSuite):
    """The suite's own handling of class and module fixtures, one test at a time."""

    def enter(self, test, result):
        if type(test).__module__ == "unittest.loader":
            return
        self._tearDownPreviousClass(test, result)
        self._handleModuleFixture(test, result)
        self._handleClassSetUp(test, result)
        result._previousTestClass = test.__class__

    @staticmethod
    def allowed(test, result):
        return not (getattr(test.__class__, "_classSetupFailed", False) or getattr(result, "_moduleSetUpFailed", False))

    def leave(self, result):
        self._tearDownPreviousClass(None, result)
        self._handleModuleTearDown(result)
