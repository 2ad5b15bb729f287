"""pytest's side of the warm process: lets pytest collect, then takes over where it would run the tests."""

import pytest

from codex_repair.identity import members
from codex_repair.warm.hook import STATE, become_server


def last_line(text):
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""


class PytestRunner:
    def __init__(self, session, plugin):
        self.session = session
        self.plugin = plugin
        self.items = {item.nodeid: item for item in session.items}
        self.frames = []

    def ids(self):
        return list(self.items) + [test_id for test_id in self.plugin.import_problems if test_id not in self.items]

    def prepare_to_fork(self):
        """Captures in memory from now on: children must not share one temporary file."""
        manager = self.session.config.pluginmanager.getplugin("capturemanager")
        try:
            manager.stop_global_capturing()
            manager._method = "sys"
            manager.start_global_capturing()
            manager.suspend_global_capture()
        except Exception:  # another pytest generation: its own capturing stays
            pass

    def run(self, ids, before=None, after=None, with_frames=False):
        """Yields id, outcome and signature per test; ids that are not there count as failed."""
        items = [self.items[test_id] for test_id in ids if test_id in self.items]
        for test_id in ids:
            inside = members(test_id, self.items) if test_id not in self.plugin.import_problems else []
            if test_id not in self.items and not inside:
                signature, self.frames = self.plugin.import_problems.get(test_id, ("not collected", []))
                yield test_id, "failed", signature
            elif inside:  # a file that could not be imported before
                failed = [signature for _, outcome, signature in self.run(inside) if outcome == "failed"]
                yield test_id, "failed" if failed else "passed", failed[0] if failed else ""
        for index, item in enumerate(items):
            following = items[index + 1] if index + 1 < len(items) else None
            if not with_frames:  # texts of failures cost more than most tests and nobody reads them here
                item.repr_failure = item._repr_failure_py = lambda *args, **kwargs: "failed"
            self.plugin.begin()
            if before:
                before(item.nodeid)
            try:
                item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            finally:
                if after:
                    after(item.nodeid)
            self.frames = self.plugin.frames
            yield item.nodeid, self.plugin.outcome, self.plugin.signature


class RepairPlugin:
    def __init__(self):
        self.import_problems = {}
        self.begin()

    def begin(self):
        self.outcome = "passed"
        self.signature = ""
        self.frames = []

    def pytest_collectreport(self, report):
        if report.failed and report.nodeid:
            self.import_problems[report.nodeid] = (self.signature or last_line(str(report.longrepr)), self.frames)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_make_collect_report(self, collector):
        job = STATE.job or {}
        if job.get("kind") == "trial" and isinstance(collector, pytest.Module) \
                and not isinstance(collector, pytest.Package):
            wanted = job["files"] = job.get("files") or {i.split("::", 1)[0] for i in job["targets"] + job["others"]}
            if collector.nodeid not in wanted:
                collector.collect = lambda: []
        self.begin()
        outcome = yield
        report = outcome.get_result()
        excinfo = getattr(getattr(report, "call", None), "excinfo", None)
        if excinfo is not None:
            from codex_repair.warm.trial import frames_of, signature_of

            error = excinfo.value
            cause = error
            while isinstance(cause, pytest.Collector.CollectError) and cause.__cause__ is not None:
                cause = cause.__cause__  # pytest's wrapper says no more than that
            if not isinstance(cause, pytest.Collector.CollectError):
                self.signature = signature_of(cause)
            while error is not None:
                self.frames = frames_of(error.__traceback__) or self.frames
                error = error.__cause__ or error.__context__

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item, call):
        if call.excinfo is not None and (STATE.job or {}).get("kind") == "baseline":
            from codex_repair.warm.trial import frames_of

            self.frames = self.frames or frames_of(call.excinfo.tb)
        outcome = yield
        report = outcome.get_result()
        if report.failed and call.excinfo is not None and not self.signature:
            from codex_repair.warm.trial import signature_of

            self.signature = signature_of(call.excinfo.value)

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.outcome = "failed"
        elif report.skipped and self.outcome == "passed":
            self.outcome = "skipped"

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session):
        # At the latest now: pytest's own hook imports the test files.
        if STATE.job is None:
            become_server()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session):
        from codex_repair.warm.trial import at_tests

        return at_tests(PytestRunner(session, self))


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config, parser, args):
    # Coverage and parallel workers of the project's own would only get in the way of many short runs.
    early_config.known_args_namespace.no_cov = True


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    if hasattr(config.option, "no_cov"):
        config.option.no_cov = True
    if hasattr(config.option, "dist"):
        config.option.dist = "no"
        config.option.tx = []
        config.option.numprocesses = None
    if STATE.socket:
        config.pluginmanager.register(RepairPlugin(), "codex-repair")
