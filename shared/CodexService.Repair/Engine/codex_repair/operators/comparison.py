"""Comparisons with the wrong operator or boundary."""

import ast

from codex_repair.operators.registry import Edit, operator

TOKENS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is",
          ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in"}
SWAPS = {
    "<": [("<=", 1.0), (">", 0.7), (">=", 0.7), ("!=", 0.3), ("==", 0.3)],
    "<=": [("<", 1.0), (">=", 0.7), (">", 0.7), ("==", 0.3), ("!=", 0.2)],
    ">": [(">=", 1.0), ("<", 0.7), ("<=", 0.7), ("!=", 0.3), ("==", 0.3)],
    ">=": [(">", 1.0), ("<=", 0.7), ("<", 0.7), ("==", 0.3), ("!=", 0.2)],
    "==": [("!=", 0.9), ("<=", 0.5), (">=", 0.5), ("<", 0.35), (">", 0.35), ("is", 0.2), ("in", 0.25)],
    "!=": [("==", 0.9), ("<", 0.4), (">", 0.4), ("<=", 0.25), (">=", 0.25), ("not in", 0.2), ("is not", 0.2)],
    "is": [("is not", 0.9), ("==", 0.5), ("!=", 0.3)],
    "is not": [("is", 0.9), ("!=", 0.5), ("==", 0.3)],
    "in": [("not in", 0.9), ("==", 0.25)],
    "not in": [("in", 0.9), ("!=", 0.25)],
}


def parts(node):
    return [node.left, *node.comparators]


def gap(at, node, index):
    sides = parts(node)
    start, end = at.source.between(sides[index], sides[index + 1])
    return at.source.token(start, end, [TOKENS[type(node.ops[index])]])


@operator("comparison", ast.Compare)
def swap_comparison(node, at):
    for index, op in enumerate(node.ops):
        span = gap(at, node, index)
        if span:
            for token, prior in SWAPS[TOKENS[type(op)]]:
                yield Edit(span[0], span[1], token), prior


@operator("comparison", ast.Compare)
def swap_sides(node, at):
    """``a - b < c`` for ``c < a - b``; plain comparisons get the same from the other operator."""
    if len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)):
        left, right = node.left, node.comparators[0]
        yield [at.replace(left, at.text(right)), at.replace(right, at.text(left))], 0.3


@operator("comparison", ast.Compare)
def swap_comparison_and_boundary(node, at):
    """``== 0`` for ``<= 1``: operator and constant are wrong together."""
    for index, op in enumerate(node.ops):
        right = parts(node)[index + 1]
        if not isinstance(right, ast.Constant) or type(right.value) is not int:
            continue
        span = gap(at, node, index)
        if not span:
            continue
        for token, prior in SWAPS[TOKENS[type(op)]]:
            if token in ("<", "<=", ">", ">=", "==", "!="):
                for value in (right.value + 1, right.value - 1):
                    yield [Edit(span[0], span[1], token), at.replace(right, str(value))], 0.25 * prior


@operator("comparison", ast.Compare)
def drop_link(node, at):
    """``a < b < c`` for ``a < b``."""
    if len(node.ops) > 1:
        sides = parts(node)
        yield Edit(at.source.end(sides[-2]), at.source.end(node), ""), 0.4
        yield Edit(at.source.start(node), at.source.start(sides[1]), ""), 0.4
