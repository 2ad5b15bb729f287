"""Arithmetic with the wrong operator, operand or grouping."""

import ast

from codex_repair.operators.registry import Edit, is_annotation, operator

TOKENS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
          ast.LShift: "<<", ast.RShift: ">>", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.MatMult: "@"}
SWAPS = {
    "+": [("-", 1.0), ("*", 0.6), ("//", 0.15), ("%", 0.15), ("|", 0.1)],
    "-": [("+", 1.0), ("*", 0.3), ("//", 0.2), ("%", 0.25), ("&", 0.1)],
    "*": [("+", 0.6), ("/", 0.5), ("//", 0.5), ("-", 0.4), ("**", 0.35), ("%", 0.2)],
    "/": [("//", 0.9), ("*", 0.7), ("%", 0.4), ("-", 0.2)],
    "//": [("/", 0.8), ("%", 0.7), ("*", 0.6), ("-", 0.2), (">>", 0.1)],
    "%": [("//", 0.8), ("/", 0.4), ("*", 0.3), ("-", 0.3), ("+", 0.2)],
    "**": [("*", 0.8), ("+", 0.2), ("//", 0.1)],
    "<<": [(">>", 0.9), ("*", 0.2)],
    ">>": [("<<", 0.9), ("//", 0.2)],
    "&": [("|", 0.9), ("^", 0.6), ("-", 0.2)],
    "|": [("&", 0.9), ("^", 0.6), ("-", 0.3)],
    "^": [("&", 0.8), ("|", 0.8)],
    "@": [("*", 0.5)],
}


def operator_span(node, at):
    start, end = at.source.between(node.left, node.right)
    return at.source.token(start, end, [TOKENS[type(node.op)]])


def is_one(node):
    return isinstance(node, ast.Constant) and node.value == 1


def is_text(node):
    return isinstance(node, ast.JoinedStr) or isinstance(node, ast.Constant) and isinstance(node.value, str)


@operator("arithmetic", ast.BinOp)
def swap_operator(node, at):
    span = operator_span(node, at)
    if span is None or is_annotation(at, node):
        return
    texts = is_text(node.left) or is_text(node.right)
    for token, prior in SWAPS[TOKENS[type(node.op)]]:
        if token in ("*", "/", "//", "**") and is_one(node.left) | is_one(node.right):
            continue  # the same as the other operand alone: drop_operand says it better
        if not texts or token in "+%*":
            yield Edit(span[0], span[1], token), prior


@operator("arithmetic", ast.BinOp)
def drop_operand(node, at):
    if is_annotation(at, node):
        return
    number = isinstance(node.right, ast.Constant) and type(node.right.value) is int
    yield at.source.replace_bare(node, node.left), 0.85 if number else 0.55
    yield at.source.replace_bare(node, node.right), 0.5


@operator("arithmetic", ast.BinOp)
def swap_operands(node, at):
    if is_annotation(at, node):
        return
    commutes = isinstance(node.op, (ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor))
    if not commutes:
        left, right = at.source.operand(node.left), at.source.operand(node.right)
        yield [at.replace(node.left, right), at.replace(node.right, left)], 0.45


@operator("arithmetic", ast.BinOp)
def regroup(node, at):
    """``(a - b) * c`` for ``a - b * c`` and the reverse."""
    span = operator_span(node, at)
    if span is None:
        return
    op = TOKENS[type(node.op)]
    text = at.text
    for inner, left_side in ((node.left, True), (node.right, False)):
        if isinstance(inner, ast.BinOp):
            token = TOKENS[type(inner.op)]
            if left_side:
                new = f"{text(inner.left)} {token} ({text(inner.right)} {op} {at.source.operand(node.right)})"
            else:
                new = f"({at.source.operand(node.left)} {op} {at.source.operand(inner.left)}) {token} {text(inner.right)}"
            parent = at.parent(node)
            grouped = isinstance(parent, (ast.BinOp, ast.UnaryOp, ast.Attribute, ast.Subscript))
            yield at.replace(node, f"({new})" if grouped else new), 0.3


@operator("arithmetic", ast.UnaryOp)
def drop_sign(node, at):
    if isinstance(node.op, (ast.USub, ast.UAdd, ast.Invert)):
        yield at.replace(node, at.source.inside(node.operand, node)), 0.6


@operator("augmented assignment", ast.AugAssign)
def swap_augmented(node, at):
    start, end = at.source.between(node.target, node.value)
    token = TOKENS[type(node.op)]
    span = at.source.token(start, end, [token + "="])
    if span is None:
        return
    for other, prior in SWAPS[token]:
        yield Edit(span[0], span[1], other + "="), prior
    yield Edit(span[0], span[1], "="), 0.5


@operator("augmented assignment", ast.Assign)
def accumulate(node, at):
    """``total += x`` for ``total = x``."""
    if len(node.targets) != 1 or not isinstance(node.targets[0], (ast.Name, ast.Attribute, ast.Subscript)):
        return
    start, end = at.source.between(node.targets[0], node.value)
    span = at.source.token(start, end, ["="])
    if span is None:
        return
    for token, prior in (("+=", 0.35), ("-=", 0.15), ("*=", 0.1), ("|=", 0.08)):
        yield Edit(span[0], span[1], token), prior
