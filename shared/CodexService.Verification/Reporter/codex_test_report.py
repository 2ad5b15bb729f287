"""Writes one JSON line per test while a test command runs, whatever starts the tests.

Put this folder in front of PYTHONPATH and set CODEX_TEST_REPORT to an absolute file path, or let
``run_tests.sh`` beside this file do both. Python then loads ``sitecustomize.py`` from this folder, which
registers this module as a pytest plugin and hooks unittest. Only the first process of a process tree that runs
tests reports; the variable is taken out of the environment there, so tests that start test runners of their own
(or pytest-xdist workers) do not report twice.

Lines, each a JSON object in ASCII, appended and flushed at once:

    {"session": {"runner": "pytest"|"unittest", "python": "3.11.2", "executable": "...", "cmdline": [...],
                 "cwd": "...", "rootdir": "..."}}           first line of each test process
    {"started": "<id>"}                                      a test began (the last one without a result hung or crashed)
    {"id": "<id>", "outcome": "passed"|"failed"|"error"|"skipped", "seconds": 0.01, "message": "..."}
    {"collected": 42}                                        pytest only: tests selected to run
    {"session_end": 1}                                       pytest only: pytest's exit status

Ids are pytest node ids relative to pytest's rootdir (``tests/test_x.py::TestA::test_b[1]``) or unittest ids
(``tests.test_x.TestA.test_b``). A test file that cannot be imported is one ``error`` whose id is the file's node id
(pytest) or ``unittest.loader._FailedTest.<module>``. An expected failure counts as ``skipped``, an unexpected
success as ``passed`` unless strict. A test that raised and was made to pass by a hook of the repository counts as
``failed``; that takes the sting out of hooks that forgive, not out of a tree that replaces the test runner. ``message`` is the end of the failure text, at most 4,000 characters, and
empty for tests that passed.

Needs Python 3.7 or newer and nothing else; the file is written by the tree under test, so read it as hostile input.
"""

import json
import os
import sys
import time

MESSAGE_LIMIT = 4000
PLUGIN_OPTION = "-p codex_test_report"


class ReportFile:
    """Appends lines to the report; one write call per line, so lines of several processes never mix."""

    def __init__(self, path):
        self.path = path
        self.fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0), 0o644)
        self.pid = os.getpid()

    def write(self, line):
        if os.getpid() != self.pid:  # a forked child of the tests reports nothing
            return
        os.write(self.fd, (json.dumps(line) + "\n").encode("ascii"))

    def session(self, runner, rootdir):
        self.write({"session": {
            "runner": runner,
            "python": "%d.%d.%d" % sys.version_info[:3],
            "executable": sys.executable,
            "cmdline": command_line(),
            "cwd": os.getcwd(),
            "rootdir": str(rootdir),
        }})

    def result(self, test_id, outcome, seconds, message):
        self.write({
            "id": test_id,
            "outcome": outcome,
            "seconds": round(seconds, 6),
            "message": "" if outcome == "passed" else message[-MESSAGE_LIMIT:],
        })


def command_line():
    """The command line of this process as it was started."""
    try:
        with open("/proc/self/cmdline", "rb") as file:
            return [part.decode("utf-8", "replace") for part in file.read().split(b"\0")[:-1]]
    except OSError:
        return list(getattr(sys, "orig_argv", [sys.executable] + sys.argv))


def claim():
    """Takes the report for this process and hides it from its children; None when there is nothing to report to."""
    path = os.environ.pop("CODEX_TEST_REPORT", None)
    withdraw_option()
    return ReportFile(path) if path else None


def withdraw_option():
    """Takes the plugin option out of the environment again, for test runners that the tests start."""
    options = os.environ.get("PYTEST_ADDOPTS", "")
    if PLUGIN_OPTION in options:
        options = options.replace(PLUGIN_OPTION, "").strip()
        if options:
            os.environ["PYTEST_ADDOPTS"] = options
        else:
            del os.environ["PYTEST_ADDOPTS"]


# pytest


class PytestReporter:
    def __init__(self, report):
        self.report = report
        self.phases = {}
        self.raised = {}

    def watch_call(self, item):
        """Innermost around the test itself: what it raised, before hooks of the repository can say otherwise."""
        self.raised.pop(item.nodeid, None)
        outcome = yield
        if outcome.excinfo is not None:
            self.raised[item.nodeid] = outcome.excinfo[0].__name__

    def pytest_sessionstart(self, session):
        config = session.config
        self.report.session("pytest", getattr(config, "rootpath", None) or getattr(config, "rootdir", os.getcwd()))

    def pytest_collectreport(self, report):
        if report.failed and report.nodeid:
            self.report.result(report.nodeid, "error", 0.0, text_of(report))

    def pytest_collection_finish(self, session):
        self.report.write({"collected": len(session.items)})

    def pytest_runtest_logstart(self, nodeid, location):
        self.phases[nodeid] = []
        self.report.write({"started": nodeid})

    def pytest_runtest_logreport(self, report):
        self.phases.setdefault(report.nodeid, []).append(report)

    def pytest_runtest_logfinish(self, nodeid, location):
        phases = self.phases.pop(nodeid, [])
        outcome, message = "passed", ""
        for phase in phases:
            if phase.failed:
                outcome = "failed" if phase.when == "call" and outcome != "error" else "error"
                message = text_of(phase)
            elif phase.skipped and outcome == "passed":
                outcome, message = "skipped", text_of(phase)
        raised = self.raised.pop(nodeid, None)
        if outcome == "passed" and raised is not None:
            outcome, message = "failed", "the test raised %s, but a hook of the repository reported it as passed" % raised
        if not phases:
            outcome, message = "error", "the test process ended before the test did"
        self.report.result(nodeid, outcome, sum(phase.duration for phase in phases), message)

    def pytest_sessionfinish(self, session, exitstatus):
        self.report.write({"session_end": int(exitstatus)})


def text_of(report):
    try:
        return report.longreprtext
    except Exception:  # a plugin's own representation may fail to print; the outcome matters more
        return str(getattr(report, "longrepr", ""))


def pytest_configure(config):
    report = claim()
    if report is not None:
        import pytest

        uninstall_unittest_hook()  # unittest cases that pytest runs are reported by pytest
        PytestReporter.pytest_runtest_call = pytest.hookimpl(hookwrapper=True, trylast=True)(PytestReporter.watch_call)
        config.pluginmanager.register(PytestReporter(report), "codex-test-reporter")


# unittest


class UnittestReporter:
    """State of the unittest run of this process: what started and how it went so far."""

    def __init__(self):
        self.report = None
        self.asked = False
        self.running = {}

    def ready(self):
        if not self.asked:
            self.asked = True
            self.report = claim()
            if self.report is not None:
                self.report.session("unittest", os.getcwd())
        return self.report is not None

    def started(self, test):
        if self.ready():
            self.running[id(test)] = [time.perf_counter(), "passed", ""]
            self.report.write({"started": test.id()})

    def noted(self, test, outcome, message):
        if not self.ready():
            return
        state = self.running.get(id(test))
        if state is None:  # setUpClass, setUpModule and the like: no test is running
            self.report.result(test.id(), outcome, 0.0, message)
        elif state[1] != "error":
            state[1], state[2] = outcome, message

    def stopped(self, test):
        state = self.running.pop(id(test), None)
        if state is not None:
            self.report.result(test.id(), state[1], time.perf_counter() - state[0], state[2])


_unittest_originals = {}


def install_unittest_hook(result_module):
    """Wraps the methods of unittest.result.TestResult, which every result class of unittest calls."""
    cls = result_module.TestResult
    reporter = UnittestReporter()

    def wrap(name, before):
        original = getattr(cls, name)
        _unittest_originals[name] = (cls, original)

        def method(self, test, *args, **kwargs):
            before(self, test, *args)
            return original(self, test, *args, **kwargs)

        method.__name__ = name
        setattr(cls, name, method)

    def text(result, test, err):
        try:
            return result._exc_info_to_string(err, test)
        except Exception:  # the text is a courtesy; the outcome matters more
            return repr(err[1])

    def note_error(result, test, err):
        reporter.noted(test, "error", text(result, test, err))

    def note_failure(result, test, err):
        reporter.noted(test, "failed", text(result, test, err))

    def note_subtest(result, test, subtest, err):
        if err is not None:
            failed = issubclass(err[0], test.failureException)
            reporter.noted(test, "failed" if failed else "error", text(result, test, err))

    wrap("startTest", lambda result, test: reporter.started(test))
    wrap("addError", note_error)
    wrap("addFailure", note_failure)
    wrap("addSubTest", note_subtest)
    wrap("addSkip", lambda result, test, reason: reporter.noted(test, "skipped", reason))
    wrap("addExpectedFailure", lambda result, test, err: reporter.noted(test, "skipped", "expected failure"))
    wrap("addUnexpectedSuccess", lambda result, test: reporter.noted(test, "failed", "unexpected success"))
    wrap("stopTest", lambda result, test: reporter.stopped(test))


def uninstall_unittest_hook():
    for name, (cls, original) in _unittest_originals.items():
        setattr(cls, name, original)
    _unittest_originals.clear()
