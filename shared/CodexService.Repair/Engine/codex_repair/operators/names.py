"""The wrong variable, attribute or constant of the same scope."""

import ast

from codex_repair.operators.constants import shared_prefix
from codex_repair.operators.registry import Edit, is_annotation, loaded, operator


def similarity(one, other):
    common = shared_prefix(one, other) + shared_prefix(one[::-1], other[::-1])
    words = set(one.split("_")) & set(other.split("_"))
    return min(1.0, common / max(len(one), len(other)) + 0.3 * len(words))


@operator("wrong variable", ast.Name)
def other_name(node, at):
    if not loaded(node) or is_annotation(at, node) or in_decorator(at, node):
        return
    parent = at.parent(node)
    if isinstance(parent, ast.Call) and parent.func is node:
        return
    names = at.names(node)
    known = node.id in names
    boost = 1.4 if at.seen("NameError", "UnboundLocalError") and not known else 1.0
    count = 1 + 0.05 * max(0, len(names) - 6)
    for index, name in enumerate(names):
        if name != node.id:
            prior = 0.6 + 0.2 * similarity(name, node.id) - 0.02 * min(index, 10)
            if repeats(parent, node, name):
                prior *= 0.4
            yield at.replace(node, name), prior * boost / count
    scope = at.scope(node)
    if scope.receiver and node.id != scope.receiver and not isinstance(parent, ast.Attribute):
        for attribute in scope.attributes:
            prior = 0.7 if attribute.strip("_") == node.id.strip("_") else 0.3
            yield at.replace(node, f"{scope.receiver}.{attribute}"), prior
    if node.id in at.module_names["constants"] or known or boost > 1.0:
        for name in at.module_names["constants"]:
            if name != node.id:
                yield at.replace(node, name), ((0.55 if not known else 0.2) + 0.2 * similarity(name, node.id)) * boost
    for name in at.names(node)[:6]:
        if name != node.id and node.id in fields_of(at):
            yield at.replace(node, f"{name}.{node.id}"), 0.15


def repeats(parent, node, name):
    """Whether the name would stand on both sides of an operator."""
    if isinstance(parent, ast.BinOp):
        sides = [parent.left, parent.right]
    elif isinstance(parent, ast.Compare):
        sides = [parent.left, *parent.comparators]
    else:
        return False
    return any(isinstance(side, ast.Name) and side is not node and side.id == name for side in sides)


@operator("wrong attribute", ast.Attribute)
def other_attribute(node, at):
    if is_annotation(at, node) or not isinstance(node.ctx, (ast.Load, ast.Store)):
        return
    parent = at.parent(node)
    called = isinstance(parent, ast.Call) and parent.func is node
    if called:
        return  # wrong methods are the family of wrong functions
    end = at.source.end(node)
    start = end - len(node.attr.encode("utf-8"))
    names = at.project.siblings(node.attr, called=False)
    names += at.attributes_by_base.get(at.text(node.value), ())
    from codex_repair.operators.calls import alike

    names += list(alike(node.attr))
    for name in dict.fromkeys(names):
        if name != node.attr:
            yield Edit(start, end, name), 0.5 + 0.2 * similarity(name, node.attr)
    if isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Name):
        scope = at.scope(node)
        for name in at.names(node):
            if name != node.value.id:
                prior = 0.7 if name == node.attr else 0.35
                yield at.replace(node, name), prior
        if scope.receiver and scope.receiver != node.value.id and node.attr in scope.attributes:
            yield at.replace(node, f"{scope.receiver}.{node.attr}"), 0.4


@operator("wrong variable", ast.Assign, ast.AugAssign)
def other_target(node, at):
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    if isinstance(target, ast.Name):
        for name in at.names(node):
            if name != target.id:
                yield at.replace(target, name), 0.3 + 0.1 * similarity(name, target.id)
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 2:
        one, other = node.value.elts
        yield [at.replace(one, at.text(other)), at.replace(other, at.text(one))], 0.6


@operator("wrong variable", ast.Tuple)
def swap_elements(node, at):
    if is_annotation(at, node) or isinstance(at.parent(node), ast.Assign):
        return
    for one, other in zip(node.elts, node.elts[1:]):
        if not isinstance(one, ast.Starred) and not isinstance(other, ast.Starred):
            yield [at.replace(one, at.text(other)), at.replace(other, at.text(one))], 0.45


def fields_of(at):
    if not hasattr(at, "all_fields"):
        at.all_fields = {field for fields, _ in at.project.classes.values() for field in fields}
    return at.all_fields



def in_decorator(at, node):
    child, parent = node, at.parent(node)
    while parent is not None and not isinstance(parent, ast.stmt):
        child, parent = parent, at.parent(parent)
    return child in getattr(parent, "decorator_list", ())
