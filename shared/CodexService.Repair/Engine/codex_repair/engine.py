"""The repair from beginning to end: reproduce, localise, search, prove.

Configuration (JSON): ``prompt``, ``test_command``, ``workspace``, ``budget_seconds``, ``attempt`` (1-based; a later
attempt searches in another order), and optionally ``test_hang_seconds`` and ``parallel``.
"""

import ast
import json
import os
import shutil
import tempfile
import time

from codex_repair import report
from codex_repair.events import CannotWork
from codex_repair.identity import passes
from codex_repair.learn import explain_no_tests, run_tests
from codex_repair.pool import Pool, cores
from codex_repair.project import Project
from codex_repair.prompt import Prompt
from codex_repair.search import Search
from codex_repair.source import FUNCTIONS
from codex_repair.workspace import Workspace

ENGINE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class OverlayFolder:
    """Files that carry an overlay to processes which the tests of a candidate start."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="codex-overlay-")
        self.count = 0

    def file_for(self, overlay):
        self.count += 1
        path = os.path.join(self.folder, f"{self.count % 64}.json")
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump(overlay, file)
        os.replace(path + ".new", path)
        return path

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def run(config, events):
    started = time.monotonic()
    budget = float(config["budget_seconds"])
    deadline = started + budget
    workspace = Workspace(config["workspace"])
    command = config["test_command"]
    prompt = Prompt(config.get("prompt", ""))
    hang_seconds = float(config.get("test_hang_seconds", min(60.0, budget / 6)))

    events.progress("reproduce", f"Running the tests: {command}")
    learned = run_tests(command, workspace.folder, ENGINE, min(deadline, started + max(budget / 2, 5)), hang_seconds)
    workspace.tidy()
    if not learned.failing:
        return nothing_to_repair(command, learned, events)
    failing = learned.failing
    events.progress(
        "reproduce", f"{len(failing)} of {len(learned.outcomes)} tests fail"
        + (f"; {unfinished(learned)}" if learned.hanging else ""),
        failing=failing[:50], passing=len(learned.passing), seconds=round(learned.seconds, 2))

    reserve = min(0.2 * budget, 2.0 + 2.5 * learned.seconds)
    folder = OverlayFolder()
    pool = None
    try:
        session = learned.session_of(failing)
        pool = Pool(command, workspace.folder, ENGINE, session, int(config.get("parallel", 0)) or cores())
        test_seconds = max(3.0, 10.0 * learned.seconds) if learned.exit_code is not None else min(5.0, hang_seconds)
        search = Search(pool, workspace.folder, prompt, events, deadline - reserve, test_seconds, folder)
        work(config, events, workspace, learned, search, prompt, deadline)
    finally:
        if pool is not None:
            pool.close()
        folder.close()
        workspace.tidy()


def nothing_to_repair(command, learned, events):
    if not learned.outcomes:
        problem = explain_no_tests(command, learned)
        if problem is not None:
            raise CannotWork(problem)
        summary = ("Nothing to repair: the test command ended with exit code 0. It ran no pytest or unittest test; "
                   "others can be followed with a model alone (CODEX_MODEL_URL, CODEX_MODEL).\n")
    elif learned.exit_code == 0:
        summary = (f"Nothing to repair: the test command passes already ({len(learned.passing)} tests). Add a test that "
                   "shows the problem, or name a test command that fails; what no failing test shows needs a model "
                   "(CODEX_MODEL_URL, CODEX_MODEL).\n")
    else:
        raise CannotWork(f"Every test passes, yet the test command ended with exit code {learned.exit_code}: {command}")
    events.result(changed=False, reason="nothing_to_repair", title="", summary=summary, targets=[], candidates=0)


def work(config, events, workspace, learned, search, prompt, deadline):
    events.progress("localize", "Following every test through the code")
    baseline = search.measure({})
    if baseline is None or not baseline.complete:
        raise CannotWork(endless(learned) + "The tests could not be followed: their process ended early or ran out of time.")
    # A command that stops at the first failure (pytest -x) has not shown the others.
    failing = [test for test in baseline.failing if test in learned.failing or test not in learned.outcomes]
    if not failing:
        events.result(changed=False, reason="flaky", title="", targets=[], candidates=0, summary=(
            "The failing tests passed when they were run again: they are flaky, and nothing was changed.\n"
            + "".join(f"\n- `{test}`" for test in learned.failing[:20]) + "\n"))
        return
    named = prompt.named_tests(failing)
    targets = named or covering_named_functions(search, baseline, prompt, failing) or failing
    search.begin(baseline, targets)
    if int(config.get("attempt", 1)) > 1:
        vary(search.first.candidates, int(config["attempt"]))
    top = search.first.suspicion.top(5)
    events.progress(
        "localize", f"{len(search.first.candidates)} candidate changes in {len(search.first.project.sources)} files"
        + (f"; most suspicious: {top[0]['file']}:{top[0]['line']}" if top else ""),
        targets=targets[:50], suspicious=top, generated=len(search.first.candidates))

    rejected = 0
    originals = {source.path: (source.rel, source.data.decode("utf-8"))
                 for source in search.first.project.sources.values()}
    for fix in search.fixes():
        events.progress("confirm", "Running the whole test command on the change", search.tried,
                        diff=report.diff(fix, originals)[:20000])
        if proven(config, workspace, learned, fix, targets, deadline):
            seen = [test for test in targets if test in learned.failing]
            events.result(
                changed=True, reason="fixed", title=report.title(fix.steps), targets=seen, candidates=search.tried,
                summary=report.fixed_summary(fix, targets, search, baseline, rejected, config["test_command"]),
                files=[originals[path][0] for path in fix.overlay], families=[step.family for step in fix.steps],
                per_second=round(search.tried / max(0.001, search.search_seconds), 1), costs=search.costs())
            return
        rejected += 1
        if time.monotonic() >= search.deadline:
            break
    without_fix(config, events, workspace, learned, search, targets, deadline)


def unfinished(learned):
    """What became of the test that began and never ended."""
    if learned.exit_code is None:
        return f"{learned.hanging} does not end by itself"
    return f"{learned.hanging} takes its process with it (exit code {learned.exit_code})"


def endless(learned):
    """A sentence about the test that began and never ended, if there was one."""
    return f"{unfinished(learned)}. " if learned.hanging else ""


def covering_named_functions(search, baseline, prompt, failing):
    """The failing tests that run a function which the prompt names; what else fails is not part of the task."""
    places = []
    for source in Project(search.workspace, baseline.files).sources.values():
        for node in ast.walk(source.tree):
            if isinstance(node, FUNCTIONS) and prompt.names_function(source.qualified_name(node)):
                places.append((source.path, set(range(node.body[0].lineno, node.end_lineno + 1))))
    return [test for test in failing
            if any(baseline.lines.get(test, {}).get(path, set()) & lines for path, lines in places)]


def without_fix(config, events, workspace, learned, search, targets, deadline):
    partial = best_partial(search)
    reason = endless(learned) + ("The time was used up." if time.monotonic() >= search.deadline
                                else "Every candidate was tried." if search.tried else "There was nothing to try.")
    if partial is not None and not proven(config, workspace, learned, partial, partial.fixed_targets, deadline):
        partial = None
    events.result(changed=False, reason="partial" if partial else "not_found", title="", targets=targets,
                  candidates=search.tried, summary=report.nothing_summary(search, targets, reason, partial),
                  per_second=round(search.tried / max(0.001, search.search_seconds), 1), costs=search.costs())


def best_partial(search):
    """The partial fix with the most fixed targets."""
    from codex_repair.search import Fix

    best = None
    for base, trial in search.partials:
        fix = Fix(base, trial)
        fix.fixed_targets = trial.fixed | {test for test in search.targets if test not in base.failing}
        key = (len(fix.fixed_targets), -len(fix.steps), trial.quality())
        if best is None or key > best[0]:
            best = (key, fix)
    return None if best is None else best[1]


def proven(config, workspace, learned, fix, targets, deadline):
    """Writes the change and runs the real test command; takes it back when the result is not what was promised."""
    workspace.write(fix.overlay)
    left = max(3.0, deadline - time.monotonic())
    try:
        after = run_tests(config["test_command"], workspace.folder, ENGINE, time.monotonic() + left,
                          float(config.get("test_hang_seconds", 60.0)))
    except CannotWork:
        after = None
    workspace.tidy()
    good = after is not None and after.exit_code is not None \
        and all(passes(test, after.outcomes) for test in targets) \
        and all(after.outcomes.get(test) == "passed" for test in learned.passing)
    if not good:
        workspace.write({})
    return good


def vary(candidates, attempt):
    """A later attempt looks at the same candidates in another order, so that a dead end is not walked twice."""
    import random

    generator = random.Random(attempt)
    candidates.sort(key=lambda candidate: -candidate.score * generator.uniform(0.5, 1.5))
