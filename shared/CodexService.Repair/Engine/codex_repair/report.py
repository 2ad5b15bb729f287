"""The result in words: what was wrong, what it is now, how it was found; or what was tried in vain."""

import ast
import difflib
import re

FAULTS = {
    "comparison": ("a comparison used the wrong operator", "comparison"),
    "arithmetic": ("an arithmetic expression was wrong", "arithmetic"),
    "augmented assignment": ("an assignment combined its values the wrong way", "assignment"),
    "off by one": ("a value was off by one", "off-by-one"),
    "constant": ("a constant was wrong", "constant"),
    "slice": ("a slice or index had wrong bounds", "slice bounds"),
    "wrong function": ("the wrong function was called", "wrong call"),
    "arguments": ("a call had wrong arguments", "arguments"),
    "surplus call": ("a call was one too many", "surplus call"),
    "missing call": ("a call was missing", "missing call"),
    "wrong variable": ("the wrong variable was used", "wrong variable"),
    "wrong attribute": ("the wrong attribute was used", "wrong attribute"),
    "condition": ("a condition was wrong", "condition"),
    "missing condition": ("a condition was incomplete", "missing condition"),
    "return value": ("the wrong value was returned", "return value"),
    "control flow": ("the wrong jump was taken", "control flow"),
    "exception": ("the wrong exception was handled or raised", "exception"),
    "missing guard": ("a guard for an absent or empty value was missing", "missing guard"),
    "surplus statement": ("a statement was one too many", "surplus statement"),
    "misplaced statement": ("a statement was in the wrong place", "misplaced statement"),
    "missing statement": ("a statement was missing", "missing statement"),
    "other expression": ("the wrong expression was used", "wrong expression"),
    "missing term": ("a term was missing", "missing term"),
}


def title(steps):
    first = steps[0]
    name = first.source.qualified_name(enclosing(first)) or first.source.rel
    fault = FAULTS.get(first.family, ("", "bug"))[1]
    places = list(dict.fromkeys(step.source.qualified_name(enclosing(step)) or step.source.rel for step in steps))
    if len(places) > 1:
        text = "Fix " + " and ".join(places[:3])
    else:
        text = f"Fix {fault} in {name}"
    if len(text) > 72:
        text = f"Fix {fault} in {name.rpartition('.')[2]}"
    return text[:72].rstrip()


def enclosing(step):
    statement = step.statement
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return statement
    return step.source.function(statement) or step.source.class_of(statement)


def diff(fix, originals):
    """Unified diff of the whole change."""
    parts = []
    for path, text in sorted(fix.overlay.items()):
        rel, old = originals[path]
        parts += difflib.unified_diff(old.splitlines(True), text.splitlines(True), f"a/{rel}", f"b/{rel}", n=0)
    return "".join(line if line.endswith("\n") else line + "\n" for line in parts)


def changed_lines(step):
    """The lines of one step before and after it."""
    from codex_repair.source import apply_edits

    old = step.source.data.decode("utf-8").splitlines()
    new = apply_edits(step.source.data, step.edits).decode("utf-8").splitlines()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    before, after, first = [], [], None
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind != "equal":
            first = i1 + 1 if first is None else first
            before += old[i1:i2]
            after += new[j1:j2]
    return first or 1, [line.strip() for line in before], [line.strip() for line in after]


def fixed_summary(fix, targets, search, baseline, rank, commands):
    lines = ["### What was wrong", ""]
    for step in fix.steps:
        number, before, after = changed_lines(step)
        name = step.source.qualified_name(enclosing(step))
        where = f"`{step.source.rel}:{number}`" + (f", in `{name}`" if name else "")
        lines.append(f"{where}: {FAULTS.get(step.family, ('the code was wrong', ''))[0]}.")
        lines.append("")
        lines.append("```diff")
        lines += [f"- {line}" for line in before[:12]] + [f"+ {line}" for line in after[:12]]
        lines += ["```", ""]
    lines += ["### How it was found", ""]
    lines.append(f"{count(len(targets), 'failing test')} pointed at {count(len(search.first.project.sources), 'source file')} "
                 f"(coverage of failing and passing tests, and tracebacks). {count(search.tried, 'candidate change')} "
                 f"{'was' if search.tried == 1 else 'were'} tried against the tests"
                 f" at {rate(search)} a second; this one makes every target test pass and breaks none"
                 f" of the {len(baseline.passing)} tests that passed before.")
    lines += ["", f"### Tests that pass now ({len(targets)})", ""]
    lines += [f"- `{test}`" for test in targets[:20]]
    if len(targets) > 20:
        lines.append(f"- and {len(targets) - 20} more")
    return "\n".join(lines) + "\n"


def nothing_summary(search, targets, reason, partial=None):
    lines = [f"No change was found that makes the failing tests pass. {reason}", ""]
    if partial is not None:
        fixed = sorted(partial.fixed_targets)
        lines += [f"A change that fixes {len(fixed)} of {len(targets)} failing tests and breaks none is left in the "
                  "workspace:", ""]
        for step in partial.steps:
            number, before, after = changed_lines(step)
            lines += [f"`{step.source.rel}:{number}`", "", "```diff"]
            lines += [f"- {line}" for line in before[:12]] + [f"+ {line}" for line in after[:12]]
            lines += ["```", ""]
    lines += [f"### Failing tests ({len(targets)})", ""]
    for test in targets[:15]:
        signature = re.sub(r"\s+", " ", search.baseline.signatures.get(test, ""))[:160].replace("`", "'")
        lines.append(f"- `{test}`" + (f": {signature}" if signature else ""))
    lines += ["", "### Most suspicious lines", ""]
    top = search.first.suspicion.top(8)
    lines += [f"- `{item['file']}:{item['line']}` ({item['suspicion']:.2f}): `{item['text'].replace('`', chr(39))}`"
              for item in top] or ["- none: the failing tests run no source file that may be changed"]
    if search.tried:
        lines += ["", f"### Tried ({search.tried} candidates, {rate(search)} a second)", ""]
        for family, number in sorted(search.by_family.items(), key=lambda item: -item[1]):
            lines.append(f"- {family}: {number}")
    return "\n".join(lines) + "\n"


def rate(search):
    return f"{search.tried / max(0.001, search.search_seconds):.0f}"


def count(number, noun):
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
