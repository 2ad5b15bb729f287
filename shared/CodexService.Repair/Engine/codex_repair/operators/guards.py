"""Missing guards for None, empty and absent values."""

import ast

from codex_repair.operators.registry import Edit, loaded, operator
from codex_repair.source import FUNCTIONS

RESULTS = ("return None", "return []", "return 0", "return False", "return True", "return {}", 'return ""')


def errors_boost(at):
    if any("NoneType" in error for error in at.errors):
        return 3.0
    return 1.8 if at.seen("TypeError", "AttributeError", "IndexError", "KeyError", "ZeroDivisionError",
                          "ValueError", "StopIteration", "RecursionError") else 1.0


def unit(at, statement):
    body = statement.body[0]
    inner, outer = at.source.indent(body), at.source.indent(statement)
    return inner[len(outer):] if inner and outer is not None and inner.startswith(outer) else "    "


@operator("missing guard", *FUNCTIONS)
def guard_parameters(node, at):
    """``if x is None: return …`` at the start of the function."""
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and len(node.body) > 1:
        first = node.body[1]
    indent, lines = at.source.indent(first), at.source.whole_lines(first)
    if indent is None or lines is None:
        return
    step, newline, boost = unit(at, node), at.source.newline, errors_boost(at)
    arguments = [argument.arg for argument in node.args.posonlyargs + node.args.args + node.args.kwonlyargs]
    arguments = [name for name in arguments if name not in ("self", "cls")][:4]
    own = own_results(node, at)
    for name in arguments:
        for test, prior in ((f"not {name}", 0.26), (f"{name} is None", 0.24), (f"{name} <= 0", 0.08), (f"{name} < 0", 0.08)):
            for result in dict.fromkeys([*own, *RESULTS, f"return {name}"]):
                text = f"{indent}if {test}:{newline}{indent}{step}{result}{newline}"
                yield Edit(lines[0], lines[0], text), prior * boost * (1.2 if result in own else 1.0)
        for value in ("[]", "{}", '""', "0", "set()"):
            text = f"{indent}if {name} is None:{newline}{indent}{step}{name} = {value}{newline}"
            yield Edit(lines[0], lines[0], text), 0.15 * boost


def own_results(function, at):
    results = []
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and "\n" not in at.text(node):
            results.append(at.text(node))
        elif isinstance(node, ast.Raise) and node.exc is not None and "\n" not in at.text(node):
            results.append(at.text(node))
    return list(dict.fromkeys(results))[:5]


@operator("missing guard", ast.Assign, ast.AugAssign, ast.Return, ast.Expr, ast.For, ast.If)
def guard_statement(node, at):
    """The same guard in front of the statement that uses the value, leaving the function or the round of the loop."""
    indent, lines = at.source.indent(node), at.source.whole_lines(node)
    function = at.source.function(node)
    if indent is None or lines is None or function is None:
        return
    header = [node.test] if isinstance(node, ast.If) else [node.iter] if isinstance(node, ast.For) else [node]
    local = set(at.names(node))
    used = []
    for part in header:
        for inner in ast.walk(part):
            if isinstance(inner, ast.Name) and loaded(inner) and inner.id in local:
                used.append(inner.id)
            elif isinstance(inner, ast.Attribute) and loaded(inner) and isinstance(inner.value, ast.Name) \
                    and inner.value.id == at.scope(node).receiver and not is_called(at, inner):
                used.append(at.text(inner))
    step, newline, boost = unit(at, function), at.source.newline, errors_boost(at)
    exits = own_results(function, at)[:3] + ["return None"]
    if in_loop(at, node):
        exits = ["continue", "break", *exits]
    if isinstance(node, ast.If) and is_elif(at, node):
        return
    for name in list(dict.fromkeys(used))[:4]:
        for test, prior in ((f"{name} is None", 0.22), (f"not {name}", 0.22)):
            for result in dict.fromkeys(exits):
                text = f"{indent}if {test}:{newline}{indent}{step}{result}{newline}"
                yield Edit(lines[0], lines[0], text), prior * boost * 0.8


def is_elif(at, node):
    return at.source.data[at.source.start(node):at.source.start(node) + 4] == b"elif"


def is_called(at, node):
    parent = at.parent(node)
    return isinstance(parent, ast.Call) and parent.func is node


def in_loop(at, node):
    node = at.parent(node)
    while node is not None and not isinstance(node, FUNCTIONS):
        if isinstance(node, (ast.For, ast.While)):
            return True
        node = at.parent(node)
    return False


@operator("missing guard", ast.Subscript)
def get_item(node, at):
    """``d.get(k, default)`` for ``d[k]``."""
    if not loaded(node) or isinstance(node.slice, ast.Slice):
        return
    key, base = at.text(node.slice), at.source.operand(node.value)
    boost = 2.0 if at.seen("KeyError") else 1.0
    for default in ("", ", 0", ", []", ', ""', ", {}", ", False", *(f", {name}" for name in at.names(node)[:4])):
        yield at.replace(node, f"{base}.get({key}{default})"), 0.25 * boost


@operator("missing guard", ast.Call, ast.Attribute, ast.Subscript, ast.BinOp)
def value_if_present(node, at):
    """``x.f() if x is not None else None`` for ``x.f()``; ``a / b if b else 0`` for ``a / b``."""
    parent = at.parent(node)
    used = isinstance(parent, (ast.Assign, ast.Return, ast.keyword)) and getattr(parent, "value", None) is node
    used = used or isinstance(parent, ast.Dict) and node in parent.values
    used = used or isinstance(parent, (ast.ListComp, ast.GeneratorExp)) and parent.elt is node
    if not used or not loaded(node):
        return
    boost = errors_boost(at)
    text = at.text(node)
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, (ast.Div, ast.FloorDiv, ast.Mod)):
            for other in ("0", "0.0", "None", "1"):
                yield at.replace(node, f"{text} if {at.source.operand(node.right)} else {other}"), 0.35 * boost
        return
    base = node.func if isinstance(node, ast.Call) else node
    value = getattr(base, "value", None)
    if isinstance(node, ast.Call) and value is None and len(node.args) == 1:
        value = node.args[0]
    if isinstance(value, (ast.Name, ast.Attribute)):
        name = at.text(value)
        for other in ("None", '""', "0", "[]"):
            yield at.replace(node, f"{text} if {name} is not None else {other}"), 0.25 * boost
            yield at.replace(node, f"{text} if {name} else {other}"), 0.22 * boost
