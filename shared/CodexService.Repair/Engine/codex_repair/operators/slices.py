"""Slices and indices with wrong bounds."""

import ast

from codex_repair.operators.registry import Edit, loaded, operator


@operator("slice", ast.Subscript)
def change_slice(node, at):
    if not isinstance(node.slice, ast.Slice) or not loaded(node):
        return
    lower, upper, step = node.slice.lower, node.slice.upper, node.slice.step
    text = at.text
    base = text(node.value)
    parent = at.parent(node)
    looped = isinstance(parent, (ast.For, ast.comprehension)) and parent.iter is node

    def make(low, high, by=None):
        by = text(step) if by is None and step is not None else by
        if looped and not low and not high and not by:
            return at.replace(node, base)  # nobody loops over a copy to see all of it
        return at.replace(node, f"{base}[{low}:{high}{':' + by if by else ''}]")

    low = text(lower) if lower is not None else ""
    high = text(upper) if upper is not None else ""
    if lower is not None:
        yield make("", high), 0.45
    else:
        yield make("1", high), 0.5
    if upper is not None:
        yield make(low, ""), 0.45
    else:
        yield make(low, "-1"), 0.45
    if (lower is None) != (upper is None):
        yield make(high, low), 0.6
    elif lower is not None:
        yield make(high, low), 0.4
    if upper is not None and lower is not None:
        yield make(low, f"{low} + {high}"), 0.4
    if step is None:
        yield make(low, high, "-1"), 0.2
    else:
        yield at.replace(node, f"{base}[{low}:{high}]"), 0.4
    yield at.replace(node, base), 0.3


@operator("slice", ast.Subscript)
def index_from_the_end(node, at):
    if isinstance(node.slice, ast.Slice) or not loaded(node):
        return
    if isinstance(node.slice, ast.Constant) and type(node.slice.value) is int:
        if node.slice.value != 0:
            yield at.replace(node.slice, "0"), 0.4
        yield at.replace(node.slice, "-1"), 0.5
    elif isinstance(node.slice, ast.UnaryOp):
        yield at.replace(node.slice, "0"), 0.6
    elif isinstance(node.slice, (ast.Name, ast.Attribute)):
        yield Edit(at.source.start(node.slice), at.source.start(node.slice), "-"), 0.1


@operator("slice", ast.Name)
def slice_whole(node, at):
    """``xs[1:]`` or ``xs[:-1]`` where the whole is passed or looped over."""
    parent = at.parent(node)
    looped = isinstance(parent, ast.For) and parent.iter is node or isinstance(parent, ast.comprehension)
    passed = isinstance(parent, ast.Call) and node in parent.args
    if loaded(node) and (looped or passed):
        for text in ("[1:]", "[:-1]", "[::-1]"):
            yield at.replace(node, node.id + text), 0.2
        if looped:
            for function, prior in (("reversed", 0.4), ("sorted", 0.3), ("list", 0.2)):
                yield at.replace(node, f"{function}({node.id})"), prior
