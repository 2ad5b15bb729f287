"""Expressions replaced by, or extended with, what the same function or file already says elsewhere."""

import ast

from codex_repair.operators.registry import is_annotation, loaded, operator
from codex_repair.source import is_number

VALUES = (ast.BinOp, ast.Call, ast.Subscript, ast.Attribute, ast.Compare, ast.BoolOp)


@operator("other expression", ast.Call, ast.BinOp, ast.Subscript, ast.Attribute, ast.Compare, ast.Constant)
def expression_of_function(node, at):
    if not loaded(node) or is_annotation(at, node) or isinstance(at.parent(node), (ast.Expr, ast.JoinedStr)):
        return
    parent = at.parent(node)
    if isinstance(parent, ast.Call) and parent.func is node or isinstance(parent, ast.Attribute):
        return
    own, seen = at.text(node), set()
    for other in at.scope(node).texts:
        if isinstance(other, VALUES) and other is not node and not in_subtree(at, other, node):
            text = at.text(other)
            if text == own or text in seen or "\n" in text or len(text) > 100:
                continue
            called = at.parent(other)
            if isinstance(called, ast.Call) and called.func is other:
                continue
            seen.add(text)
            prior = 0.25 if type(other) is type(node) else 0.12
            yield at.replace(node, at.source.inside(other, node)), prior
    if isinstance(node, (ast.Call, ast.Subscript, ast.BinOp)):
        for name in at.names(node)[:8]:
            yield at.replace(node, name), 0.35 if not isinstance(node, ast.BinOp) else 0.25


def in_subtree(at, node, root):
    while node is not None and not isinstance(node, ast.stmt):
        if node is root:
            return True
        node = at.parent(node)
    return False


@operator("missing term", ast.Name, ast.Attribute, ast.Call, ast.Constant, ast.BinOp)
def add_term(node, at):
    """``x + y``, ``x - y``, ``y - x`` or ``x * y`` for ``x``, with a variable of the scope."""
    if not loaded(node) or is_annotation(at, node):
        return
    parent = at.parent(node)
    used = isinstance(parent, ast.Call) and node in parent.args \
        or isinstance(parent, (ast.Assign, ast.Return, ast.AugAssign)) and parent.value is node \
        or isinstance(parent, ast.Slice) or isinstance(parent, ast.Compare) \
        or isinstance(parent, ast.Subscript) and parent.slice is node
    if not used or isinstance(node, ast.Constant) and not is_number(node):
        return
    text = at.source.operand(node) if not is_number(node) else at.text(node)
    scope = at.scope(node)
    others = at.names(node)[:6]
    if scope.receiver:
        others += [f"{scope.receiver}.{name}" for name in scope.attributes[:5]]
    for other in others:
        if other == text:
            continue
        for form, prior in (("{0} + {1}", 0.22), ("{0} - {1}", 0.25), ("{1} - {0}", 0.15), ("{0} * {1}", 0.15),
                            ("{0} // {1}", 0.08), ("{0} % {1}", 0.1)):
            yield at.replace(node, form.format(text, other)), prior
        yield at.replace(node, f"min({text}, {other})"), 0.1
        yield at.replace(node, f"max({text}, {other})"), 0.1
    for number in (0, 1):
        yield at.replace(node, f"max({number}, {at.text(node)})"), 0.15
