"""Tries candidates in the warm process: target tests first, the others for those that get that far."""

import time

from codex_repair import candidates as candidate_module
from codex_repair.localize import Suspicion, follow
from codex_repair.project import Project

GRACE_CANDIDATES = 60  # looked at after the first that passes everything, as a later one may be better
GRACE_SECONDS = 30.0  # the most that may take: far above the usual, so that the machine's speed decides nothing
PAIR_LIMIT = 6000
MAX_STEPS = 4
GIVE_UP_AFTER = 3  # target tests that fail before the first one passes


class Trial:
    """What one candidate did."""

    def __init__(self, candidate, answer, targets, index=0):
        self.candidate = candidate
        self.index = index
        self.cold = self.invalid = False
        self.timed_out = answer["timed_out"]
        self.fixed, self.broken = set(), set()
        self.signatures = {}
        self.done = 0
        for line in answer["lines"]:
            if "target" in line:
                self.signatures[line["target"]] = line["signature"]
                if line["ok"]:
                    self.fixed.add(line["target"])
            elif "broken" in line:
                self.broken.add(line["broken"])
            elif "cold" in line:
                self.cold = True
            elif "invalid" in line:
                self.invalid = True
            elif "done" in line:
                self.done = line["done"]
        self.complete = self.done == 2 and not self.broken and self.fixed == set(targets)
        self.partial = self.done == 2 and not self.broken and 0 < len(self.fixed) < len(targets)

    def quality(self):
        return quality(self.candidate.score, self.candidate.size(), len(self.candidate.steps))


def most_different_first(tests, baseline):
    """Quick tests first, and tests that run different code before tests that run the same."""
    left = sorted(tests, key=lambda test: baseline.usual_seconds.get(test, 0.0))[:200]
    rest = [test for test in tests if test not in left]
    covered = {test: {(path, line) for path, lines in baseline.lines.get(test, {}).items() for line in lines}
               for test in left}
    ordered, seen = [], set()
    while left:
        best = max(left[:40], key=lambda test: len(covered[test] - seen))
        left.remove(best)
        ordered.append(best)
        seen |= covered[best]
    return ordered + rest


class Grace:
    """
    What passes everything, and how far to look for something better. It is counted in candidates, in their order: which
    one wins must not depend on how many a busy machine happens to try in a while.
    """

    def __init__(self, candidates):
        self.candidates = candidates
        self.survivors = []
        self.until = None

    def add(self, trial):
        self.survivors.append(trial)
        if self.until is None:
            self.until = time.monotonic() + GRACE_SECONDS

    def over(self, following, now):
        """Whether it is no use, or not worth it, to try the candidate at that index and those after it."""
        if not self.survivors:
            return False
        first = min(trial.index for trial in self.survivors)
        best = max(trial.quality() for trial in self.survivors)
        left = self.candidates[following:first + 1 + GRACE_CANDIDATES]
        return now >= self.until or all(best_possible(candidate) <= best for candidate in left)

    def take(self):
        """The survivors, best first; the next one starts another grace."""
        survivors, self.survivors, self.until = self.survivors, [], None
        return sorted(survivors, key=lambda trial: (-trial.quality(), trial.index))


def best_possible(candidate):
    """Its quality if it were the least of changes."""
    return quality(candidate.score, 1, len(candidate.steps))


def quality(score, size, steps):
    """Among several that pass everything: likely and small beats unlikely and large."""
    return score / (1.0 + 0.05 * size) / steps


class Round:
    """One base (the original, or the original with a partial fix), its baseline and its candidates."""

    def __init__(self, workspace, overlay, steps, baseline, targets, prompt):
        self.overlay = overlay
        self.steps = steps
        self.baseline = baseline
        self.failing = [test for test in targets if baseline.outcomes.get(test) != "passed"]
        self.project = Project(workspace, baseline.files, overlay)
        self.suspicion = Suspicion(self.project, baseline, self.failing, prompt)
        errors = [baseline.signatures.get(test, "") for test in self.failing]
        self.candidates = candidate_module.generate(self.project, self.suspicion, errors)


class Search:
    def __init__(self, pool, workspace, prompt, events, deadline, test_seconds, overlay_folder):
        self.pool = pool
        self.workspace = workspace
        self.prompt = prompt
        self.events = events
        self.deadline = deadline
        self.test_seconds = test_seconds
        self.overlay_folder = overlay_folder
        self.tried = 0
        self.by_family = {}
        self.partials = []
        self.started = time.monotonic()
        self.search_seconds = 0.0
        self.cpu_seconds, self.runs = {}, {}
        self.baseline = None
        self.targets = []
        self.first = None

    def measure(self, overlay):
        """Runs every test with coverage on the given texts."""
        job = {"kind": "baseline", "overlay": overlay, "wall": max(5.0, self.deadline - time.monotonic()),
               "test_seconds": self.test_seconds, "memory_bytes": 2 << 30,
               "lines_folder": self.overlay_folder.folder}
        return follow(lambda **more: self.pool.wait(self.pool.submit("cold", {**job, **more}), job["wall"] + 5))

    def begin(self, baseline, targets):
        self.baseline = baseline
        self.targets = targets
        self.first = Round(self.workspace, {}, [], baseline, targets, self.prompt)

    def fixes(self):
        """Yields trials that pass everything in the warm process, best first, until time is up."""
        rounds = [self.first]
        done = set()
        while rounds:
            current = rounds.pop(0)
            if current.steps and not self.prepare(current):
                continue
            if not current.steps:
                self.prepare(current)
            interesting = set()
            yield from self.try_all(current, current.candidates, interesting)
            if time.monotonic() >= self.deadline:
                return
            composed = self.compose(current, done)
            rounds += composed
            if not composed or current is self.first and len(self.targets) == 1:
                together = candidate_module.pairs(current.candidates, interesting, PAIR_LIMIT)
                yield from self.try_all(current, together, set())
            if time.monotonic() >= self.deadline:
                return

    def compose(self, current, done):
        """The best partial fixes of this round become new bases."""
        if len(current.steps) + 1 >= MAX_STEPS:
            return []
        found = [trial for base, trial in self.partials if base is current]
        found.sort(key=lambda trial: (-len(trial.fixed), -trial.quality()))
        rounds = []
        seen_gains = set()
        for trial in found:
            gain = frozenset(trial.fixed)
            if len(rounds) >= 3 or gain in seen_gains:
                continue
            overlay = {**current.overlay, **trial.candidate.overlay()}
            key = tuple(sorted(overlay.items()))
            if key in done or time.monotonic() >= self.deadline:
                continue
            done.add(key)
            baseline = self.measure(overlay)
            if baseline is None or not baseline.complete:
                continue
            seen_gains.add(gain)
            rounds.append(Round(self.workspace, overlay, [*current.steps, trial.candidate], baseline, self.targets,
                                self.prompt))
        return rounds

    def prepare(self, current):
        """A hot server on this base."""
        baseline = current.baseline
        seconds = baseline.usual_seconds
        others = [test for test in self.baseline.passing if baseline.outcomes.get(test) == "passed"]
        others += [test for test in self.targets if test not in current.failing]
        failing = most_different_first(current.failing, baseline)
        quick = sum(seconds.get(test, 0.0) for test in failing)
        rest = sum(seconds.get(test, 0.0) for test in others)
        self.limits = {
            "cpu": 0.4 + 5.0 * quick,
            "cpu_others": 0.4 + 5.0 * rest,
            "wall": 5.0 + 10.0 * (quick + rest),
            "give_up_after": GIVE_UP_AFTER,
        }
        self.pool.configure(targets=failing, others=others, preload=baseline.modules)
        self.order = failing, others
        life = max(60.0, self.deadline - time.monotonic() + 60.0)
        started = self.pool.start_hot(60.0, life, overlay=current.overlay, ran_at_import=baseline.ran_at_import,
                                      files=list(current.project.sources),
                                      targets=failing, others=others)
        if started:
            self.pool.hot.send({"common": {"parallel": self.pool.parallel, "targets": failing, "others": others}})
        return True

    def try_all(self, current, candidates, interesting):
        """Runs the candidates; yields complete trials, the best of a short period of grace after the first."""
        targets = current.failing
        base_signatures = {test: current.baseline.signatures.get(test) for test in targets}
        running = {}
        grace = Grace(candidates)
        following = 0
        clock = time.monotonic()
        while True:
            now = time.monotonic()
            while following < len(candidates) and not grace.over(following, now) and now < self.deadline \
                    and len(running) < 2 * self.pool.parallel:
                self.send(current, candidates[following], following, running, "hot")
                following += 1
            if not running:
                if grace.survivors and now < self.deadline and following < len(candidates):
                    for trial in grace.take():
                        yield Fix(current, trial)
                    continue
                break
            for number, answer in self.pool.take(0.5).items():
                candidate, index, role = running.pop(number, (None, None, None))
                if candidate is None:
                    continue
                trial = Trial(candidate, answer, targets, index)
                self.cpu_seconds[role] = self.cpu_seconds.get(role, 0.0) + answer.get("cpu", 0.0)
                self.runs[role] = self.runs.get(role, 0) + 1
                if role == "hot" and (trial.cold or answer.get("lost")):
                    self.send(current, candidate, index, running, "cold")
                    continue
                if role == "cold" and trial.fixed and trial.done == 2:
                    self.send(current, candidate, index, running, "cold-all")
                    continue
                if not trial.invalid:
                    self.tried += 1
                    self.by_family[candidate.family] = self.by_family.get(candidate.family, 0) + 1
                if trial.complete:
                    grace.add(trial)
                elif trial.partial:
                    self.partials.append((current, trial))
                if any(trial.signatures.get(test) not in (None, signature)
                       for test, signature in base_signatures.items()):
                    interesting.add(id(candidate))
                self.search_seconds += time.monotonic() - clock
                clock = time.monotonic()
                self.report(current, candidate)
        for trial in grace.take():
            yield Fix(current, trial)

    def send(self, current, candidate, index, running, role):
        texts = candidate.overlay()
        if texts is None:
            return
        overlay = {**current.overlay, **texts}
        job = {"kind": "trial", "overlay": overlay, **self.limits}
        if role == "cold":
            job["others"] = []
        if role != "hot":
            job["cpu"] += 3.0 * self.baseline.start_seconds
        if self.baseline.spawned:
            job["overlay_file"] = self.overlay_folder.file_for(overlay)
        channel = "hot" if role == "hot" and self.pool.hot is not None else "cold"
        if channel == "cold" and role == "hot":
            role = "cold"
            job["others"] = []
            job["cpu"] += 3.0 * self.baseline.start_seconds
        running[self.pool.submit(channel, job)] = (candidate, index, role)

    def costs(self):
        """Processor milliseconds per trial, by the way it ran, and how many ran that way."""
        return {role: [self.runs[role], round(1000 * self.cpu_seconds[role] / self.runs[role], 1)] for role in self.runs}

    def report(self, current, candidate):
        line = candidate.statement.lineno
        source = candidate.source
        self.events.searching(
            f"Trying {candidate.family} in {source.rel}:{line}", self.tried,
            file=source.rel, line=line, family=candidate.family,
            per_second=round(self.tried / max(0.001, self.search_seconds), 1))


class Fix:
    """A change that passes everything: the steps that led to its base and the last one."""

    def __init__(self, base, trial):
        self.base = base
        self.trial = trial
        self.steps = [*base.steps, *trial.candidate.steps]
        self.overlay = {**base.overlay, **trial.candidate.overlay()}
