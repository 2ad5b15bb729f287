"""Statements that are too many, in the wrong place, or missing."""

import ast

from codex_repair.operators.guards import in_loop
from codex_repair.operators.registry import Edit, operator
from codex_repair.source import FUNCTIONS

SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Return, ast.Raise, ast.Break, ast.Continue, ast.Delete,
          ast.Assert)
BLOCKS = (ast.If, ast.For, ast.While, ast.Try, ast.With)


def block_of(at, node):
    """The list that holds the statement, and its place there."""
    parent = at.parent(node)
    for field in ("body", "orelse", "finalbody"):
        block = getattr(parent, field, None)
        if isinstance(block, list) and node in block:
            return block, block.index(node)
    return None, 0


def is_docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


@operator("surplus statement", *SIMPLE, ast.If)
def delete(node, at):
    lines = at.source.whole_lines(node)
    block, _ = block_of(at, node)
    if lines is None or block is None or is_docstring(node) or at.source.function(node) is None:
        return
    if isinstance(node, ast.If) and (at.source.text(node).startswith("elif") or node.orelse):
        return
    prior = 0.4 if not isinstance(node, ast.If) else 0.35
    if len(block) == 1:
        yield at.replace(node, "pass"), prior
    else:
        yield Edit(lines[0], lines[1], ""), prior


@operator("misplaced statement", *SIMPLE)
def swap_with_next(node, at):
    block, index = block_of(at, node)
    if block is None or index + 1 >= len(block) or is_docstring(node):
        return
    following = block[index + 1]
    one, other = at.source.whole_lines(node), at.source.whole_lines(following)
    if one and other and isinstance(following, (*SIMPLE, *BLOCKS)) and at.source.function(node) is not None:
        data = at.source.data
        text = (data[other[0]:other[1]] + data[one[1]:other[0]] + data[one[0]:one[1]]).decode("utf-8")
        yield Edit(one[0], other[1], text), 0.4


@operator("misplaced statement", *BLOCKS)
def move_out(node, at):
    """The last statement of a block moves behind the block."""
    for block in (node.body, getattr(node, "orelse", [])):
        if len(block) < 2 and not (len(block) == 1 and isinstance(block[0], ast.Return)):
            continue
        last = block[-1]
        lines, indent, outer = at.source.whole_lines(last), at.source.indent(last), at.source.indent(node)
        if lines is None or indent is None or outer is None or not isinstance(last, SIMPLE):
            continue
        if isinstance(last, (ast.Break, ast.Continue)) or last.lineno != last.end_lineno:
            continue
        moved = outer + at.text(last) + at.source.newline
        end = min(at.source.starts[node.end_lineno], len(at.source.data))
        edits = [Edit(lines[0], lines[1], "" if len(block) > 1 else f"{indent}pass{at.source.newline}")]
        if lines[1] == end:
            edits = [Edit(lines[0], lines[1], edits[0].text + moved)]
        else:
            edits.append(Edit(end, end, moved))
        yield edits, 0.5


@operator("misplaced statement", *SIMPLE)
def move_in(node, at):
    """The statement behind a block moves into the block."""
    block, index = block_of(at, node)
    if block is None or index == 0 or not isinstance(block[index - 1], BLOCKS) or node.lineno != node.end_lineno:
        return
    before = block[index - 1]
    lines, inner = at.source.whole_lines(node), at.source.indent(before.body[-1])
    if lines is None or inner is None:
        return
    moved = inner + at.text(node) + at.source.newline
    if not before.orelse if hasattr(before, "orelse") else True:
        gap = at.source.data[min(at.source.starts[before.end_lineno], len(at.source.data)):lines[0]]
        if not gap.strip():
            yield Edit(lines[0], lines[1], moved), 0.35 if not isinstance(node, ast.Return) else 0.12


@operator("missing statement", *SIMPLE, *BLOCKS)
def insert_jump(node, at):
    """``continue``, ``break`` or ``return`` at the end of a block."""
    if not isinstance(node, ast.If):
        return
    last = node.body[-1]
    if isinstance(last, (ast.Return, ast.Raise, ast.Continue, ast.Break)):
        return
    lines, indent = at.source.whole_lines(last), at.source.indent(last)
    if lines is None or indent is None or at.source.function(node) is None:
        return
    parent, loop = at.parent(node), False
    while parent is not None and not isinstance(parent, FUNCTIONS):
        loop = loop or isinstance(parent, (ast.For, ast.While))
        parent = at.parent(parent)
    for jump, prior in (("continue", 0.3), ("break", 0.3)) if loop else ():
        yield Edit(lines[1], lines[1], f"{indent}{jump}{at.source.newline}"), prior
    yield Edit(lines[1], lines[1], f"{indent}return{at.source.newline}"), 0.15
    for name in at.names(node)[:4]:
        yield Edit(lines[1], lines[1], f"{indent}return {name}{at.source.newline}"), 0.15


@operator("missing statement", *SIMPLE, *BLOCKS)
def repeat_statement(node, at):
    """A statement of the same function in front of this one, as it is or with another variable of the scope."""
    function = at.source.function(node)
    indent, lines = at.source.indent(node), at.source.whole_lines(node)
    if function is None or indent is None or lines is None or is_docstring(node):
        return
    if isinstance(node, ast.If) and at.text(node).startswith("elif"):
        return
    names = at.names(node)[:5] if in_loop(at, node) else []
    for target in names:
        for value in names:
            if target != value:
                yield Edit(lines[0], lines[0], f"{indent}{target} = {value}{at.source.newline}"), 0.08
    for other in ast.walk(function):
        if other is node or not isinstance(other, (ast.Assign, ast.AugAssign, ast.Expr)) or is_docstring(other):
            continue
        text = at.text(other)
        if "\n" in text:
            continue
        yield Edit(lines[0], lines[0], f"{indent}{text}{at.source.newline}"), 0.12
        for name in [inner for inner in ast.walk(other) if isinstance(inner, ast.Name)][:4]:
            for replacement in at.names(node)[:5]:
                if replacement != name.id:
                    start = at.source.start(name) - at.source.start(other)
                    raw = text.encode("utf-8")
                    changed = (raw[:start] + replacement.encode("utf-8") + raw[start + len(name.id.encode("utf-8")):])
                    prior = 0.14 if isinstance(node, ast.Return) else 0.07
                    yield Edit(lines[0], lines[0], f"{indent}{changed.decode('utf-8')}{at.source.newline}"), prior
