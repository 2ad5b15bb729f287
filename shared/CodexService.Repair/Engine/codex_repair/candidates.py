"""Candidate edits of the suspicious code, best first."""

import ast

from codex_repair.operators import OPERATORS, Place
from codex_repair.source import apply_edits

LIMIT = 30_000  # candidates of one base
FOCUS = 2.0  # how much suspicion weighs against the operators' priors
CROWD = 60  # candidates of one statement after which the next counts half


class Candidate:
    """One small change of one file, or a combination of several."""

    __slots__ = ("source", "edits", "family", "statement", "score", "prior", "parts")

    def __init__(self, source, edits, family, statement, score, prior, parts=()):
        self.source = source
        self.edits = edits
        self.family = family
        self.statement = statement
        self.score = score
        self.prior = prior
        self.parts = parts

    @property
    def steps(self):
        return self.parts or (self,)

    def overlay(self):
        """Real path -> new text; None when the parts overlap."""
        by_source = {}
        for part in self.steps:
            by_source.setdefault(part.source, []).extend(part.edits)
        texts = {}
        for source, edits in by_source.items():
            data = apply_edits(source.data, edits)
            if data is None or data == source.data:
                return None
            texts[source.path] = data.decode("utf-8")
        return texts

    def size(self):
        """How much text changes; the measure for the smallest patch."""
        return sum(edit_size(part.source.data[edit.start:edit.end].decode("utf-8"), edit.text)
                   for part in self.steps for edit in part.edits)


def edit_size(old, new):
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return len(old) + len(new) - 2 * (start + end)


def generate(project, suspicion, errors):
    """Every candidate of the suspicious statements, ordered by suspicion, operator and prompt."""
    found = {}
    for source in project.sources.values():
        if not any(path == source.path for path, _ in suspicion.lines):
            continue
        place = Place(source, project, errors)
        weights = {}
        for node in ast.walk(source.tree):
            operators = OPERATORS.get(type(node))
            statement = node if isinstance(node, ast.stmt) else source.statement(node)
            if not operators or statement is None:
                continue
            if statement not in weights:
                score = suspicion.of_statement(source, statement)
                weights[statement] = score ** FOCUS * suspicion.weight(source, statement) if score > 0 else 0.0
            weight = weights[statement]
            if weight <= 0.0:
                continue
            for family, function in operators:
                for edits, prior in function(node, place):
                    add(found, source, edits, family, statement, weight, prior)
    candidates = sorted(found.values(), key=order)
    spread_out(candidates)
    candidates.sort(key=order)
    return candidates[:LIMIT]


def order(candidate):
    return -candidate.score, candidate.source.rel, candidate.edits[0]


def spread_out(candidates):
    """Lowers the later candidates of each statement, so that one busy line cannot hold up all others."""
    counts = {}
    for candidate in candidates:
        count = counts.get(candidate.statement, 0)
        counts[candidate.statement] = count + 1
        candidate.score /= 1.0 + count / CROWD


def add(found, source, edits, family, statement, weight, prior):
    edits = tuple(edits) if isinstance(edits, list) else (edits,)
    change = changed(source, edits)
    if change is None or change[0] == change[1] and not change[2]:
        return  # edits that overlap, or change nothing
    key = (source.rel, change)
    known = found.get(key)
    score = weight * prior
    if known is None or known.score < score:
        found[key] = Candidate(source, edits, family, statement, score, prior)


def changed(source, edits):
    """The edits reduced to what really changes, so that equal changes are tried once."""
    if len(edits) == 1:
        return trimmed(edits[0].start, edits[0].end, source.data[edits[0].start:edits[0].end],
                       edits[0].text.encode("utf-8"))
    first = min(edit.start for edit in edits)
    last = max(edit.end for edit in edits)
    old = source.data[first:last]
    new = apply_edits(source.data, edits)
    if new is None:
        return None
    return trimmed(first, last, old, new[first:len(new) - (len(source.data) - last)])


def trimmed(first, last, old, new):
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return first + start, last - end, new[start:len(new) - end]


def pairs(candidates, interesting, limit):
    """Combinations of two single changes: first those that changed the outcome, then the best of one function."""
    chosen = sorted(candidates, key=lambda candidate: (id(candidate) not in interesting, -candidate.score))[:140]
    combined = []
    for index, one in enumerate(chosen):
        for other in chosen[index + 1:]:
            if one.statement is other.statement and overlap(one, other):
                continue
            near = one.source is other.source and one.source.function(one.statement) is other.source.function(other.statement)
            bonus = 1.0 + (id(one) in interesting) + (id(other) in interesting)
            score = one.score * other.score * (1.0 if near else 0.3) * bonus
            combined.append(Candidate(one.source, one.edits, "two changes", one.statement, score,
                                      one.prior * other.prior, (one, other)))
    combined.sort(key=lambda candidate: -candidate.score)
    return combined[:limit]


def overlap(one, other):
    if one.source is not other.source:
        return False
    return any(a.start < b.end and b.start < a.end or a.start == b.start for a in one.edits for b in other.edits)
