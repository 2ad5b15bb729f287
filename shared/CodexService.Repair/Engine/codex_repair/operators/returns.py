"""Wrong, missing or misplaced results."""

import ast

from codex_repair.operators.registry import Edit, operator, walk_function
from codex_repair.source import FUNCTIONS


@operator("return value", ast.Return)
def other_result(node, at):
    if node.value is None:
        for name in at.names(node):
            yield at.replace(node, f"return {name}"), 0.5
        return
    text = at.text(node.value)
    for name in at.names(node):
        if name != text:
            yield at.replace(node.value, name), 0.4
    for value, prior in (("None", 0.35), ("True", 0.2), ("False", 0.2), ("[]", 0.2), ("0", 0.15), ('""', 0.15)):
        if value != text:
            yield at.replace(node.value, value), prior
    if isinstance(node.value, ast.Constant) and isinstance(node.value.value, bool):
        for name in at.names(node):
            for form in ("not {0}", "{0} == 0", "bool({0})", "{0} > 0", "{0} is None", "{0} is not None"):
                yield at.replace(node.value, form.format(name)), 0.3
    if isinstance(node.value, (ast.List, ast.Constant, ast.Dict)):
        for name in at.names(node):
            yield at.replace(node.value, f"[{name}]"), 0.2
            yield at.replace(node.value, f"[[{name}]]"), 0.08
        yield at.replace(node.value, f"[{text}]"), 0.3
    if isinstance(node.value, ast.Tuple):
        for element in node.value.elts:
            yield at.replace(node.value, at.text(element)), 0.2


@operator("return value", ast.Expr)
def missing_return(node, at):
    """``return f(x)`` for ``f(x)``; also for generators."""
    function = at.source.function(node)
    if isinstance(node.value, ast.Call) and function is not None:
        last = function.body[-1] is node
        yield Edit(at.source.start(node), at.source.start(node), "return "), 0.6 if last else 0.3
    if isinstance(node.value, ast.Yield) and node.value.value is not None:
        yield at.replace(node.value, f"yield from {at.text(node.value.value)}"), 0.7
    if isinstance(node.value, ast.YieldFrom):
        yield at.replace(node.value, f"yield {at.text(node.value.value)}"), 0.7


@operator("return value", *FUNCTIONS)
def return_at_end(node, at):
    """A function that builds a result and forgets to return it."""
    last = node.body[-1]
    if isinstance(last, (ast.Return, ast.Raise)):
        return
    indent = at.source.indent(last)
    lines = at.source.whole_lines(last)
    if indent is None or lines is None:
        return
    returns = any(isinstance(inner, ast.Return) and inner.value is not None for inner in walk_function(node))
    for name in at.scope(node).locals:
        text = f"{indent}return {name}{at.source.newline}"
        yield Edit(lines[1], lines[1], text), 0.5 if not returns else 0.35
    for value in ("True", "False", "0", "[]"):
        if returns:
            yield Edit(lines[1], lines[1], f"{indent}return {value}{at.source.newline}"), 0.25


@operator("control flow", ast.Break, ast.Continue)
def other_jump(node, at):
    yield at.replace(node, "continue" if isinstance(node, ast.Break) else "break"), 0.6
    yield at.replace(node, "pass"), 0.4
    if at.source.function(node) is not None:
        yield at.replace(node, "return"), 0.2
        for name in at.names(node)[:5]:
            yield at.replace(node, f"return {name}"), 0.15


@operator("control flow", ast.Pass)
def replace_pass(node, at):
    yield at.replace(node, "continue"), 0.3
    yield at.replace(node, "return None"), 0.3
    yield at.replace(node, "raise"), 0.3


@operator("control flow", ast.Return)
def jump_instead(node, at):
    parent = at.parent(node)
    while parent is not None and not isinstance(parent, FUNCTIONS):
        if isinstance(parent, (ast.For, ast.While)):
            yield at.replace(node, "continue"), 0.35
            yield at.replace(node, "break"), 0.3
            return
        parent = at.parent(parent)


@operator("exception", ast.ExceptHandler)
def other_exception(node, at):
    if node.type is None:
        return
    text = at.text(node.type)
    for name in ("KeyError", "ValueError", "TypeError", "IndexError", "AttributeError", "ZeroDivisionError", "OSError",
                 "Exception"):
        if name != text:
            yield at.replace(node.type, name), 0.3 if at.seen(name) else 0.1
    for error in {error.split(":", 1)[0] for error in at.errors}:
        if error.isidentifier() and error not in (text, "AssertionError", "Failed"):
            yield at.replace(node.type, f"({text}, {error})"), 0.3


@operator("exception", ast.Raise)
def other_raise(node, at):
    if isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
        raised = {
            inner.exc.func.id for inner in ast.walk(at.source.tree)
            if isinstance(inner, ast.Raise) and isinstance(inner.exc, ast.Call) and isinstance(inner.exc.func, ast.Name)
        }
        for name in sorted(raised | {"ValueError", "KeyError", "TypeError", "IndexError"}):
            if name != node.exc.func.id:
                yield at.replace(node.exc.func, name), 0.3
