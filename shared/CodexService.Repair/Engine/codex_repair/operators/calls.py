"""Calls with swapped, missing or surplus arguments, of the wrong function, or missing altogether."""

import ast

from codex_repair.operators.registry import Edit, is_annotation, loaded, operator
from codex_repair.source import FUNCTIONS

ALIKE = [
    ("min", "max"), ("any", "all"), ("lower", "upper", "casefold", "title", "capitalize", "swapcase"),
    ("append", "extend", "appendleft", "add", "extendleft"), ("startswith", "endswith"),
    ("strip", "lstrip", "rstrip"), ("removeprefix", "removesuffix"), ("find", "rfind"), ("index", "rindex"),
    ("split", "rsplit", "splitlines"), ("partition", "rpartition"), ("keys", "values", "items"),
    ("floor", "ceil", "round", "trunc"), ("isdigit", "isalpha", "isalnum", "isdecimal", "isnumeric"),
    ("isupper", "islower"), ("union", "intersection", "difference", "symmetric_difference"),
    ("add", "discard", "remove"), ("update", "difference_update", "intersection_update"), ("pop", "popleft"),
    ("append", "insert"), ("sum", "len", "max", "min"), ("int", "float", "str", "round"),
    ("sorted", "reversed", "list", "set"), ("list", "tuple", "set", "frozenset"), ("days", "seconds", "total_seconds"),
    ("ljust", "rjust", "center"), ("issubset", "issuperset", "isdisjoint"), ("bisect_left", "bisect_right", "bisect"),
    ("insort_left", "insort_right"), ("heappush", "heappop"), ("nlargest", "nsmallest"), ("year", "month", "day"),
    ("get", "pop", "setdefault"), ("sin", "cos", "tan"), ("dumps", "loads"), ("encode", "decode"),
    ("isinstance", "issubclass"), ("getattr", "hasattr"), ("read", "readline", "readlines"), ("count", "index"),
    ("zip", "zip_longest"), ("chain", "product"), ("minute", "hour", "second"), ("match", "search", "fullmatch"),
    ("accumulate", "sum"), ("mean", "median", "mode"), ("abs", "int"), ("copy", "deepcopy"),
]
WRAPPERS = ("len", "abs", "int", "str", "sorted", "list", "set", "float", "bool", "sum", "max", "min", "tuple")
METHODS_WITHOUT_ARGUMENTS = ("strip", "lower", "upper", "copy", "items", "values", "keys", "split", "date")


def alike(name):
    for group in ALIKE:
        if name in group:
            for other in group:
                if other != name:
                    yield other


@operator("wrong function", ast.Call)
def similar_function(node, at):
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", None)
    if name is None:
        return
    end = at.source.end(node.func)
    start = end - len(name.encode("utf-8"))
    for other in dict.fromkeys(alike(name)):
        first = other in next(group for group in ALIKE if name in group and other in group)[:3]
        yield Edit(start, end, other), 0.85 if first else 0.6
    if isinstance(node.func, ast.Attribute):
        for other in at.project.siblings(name, called=True):
            yield Edit(start, end, other), 0.35
    else:
        for other in at.module_names["functions"] + at.module_names["imports"]:
            if other != name:
                yield Edit(start, end, other), 0.35 if shares_word(other, name) else 0.2
    if name == "pop" and not node.args:
        yield at.replace(node, at.text(node.func) + "(0)"), 0.6
    elif name == "pop" and len(node.args) == 1:
        yield at.replace(node, at.text(node.func) + "()"), 0.5
    elif name == "append" and len(node.args) == 1:
        yield at.replace(node, f"{at.text(node.func.value)}.insert(0, {at.text(node.args[0])})"), 0.3
    elif name == "get" and len(node.args) == 1:
        for default in ("0", '""', "[]", "{}", "False"):
            yield Edit(at.source.end(node.args[0]), at.source.end(node.args[0]), f", {default}"), 0.3


@operator("arguments", ast.Call)
def swap_arguments(node, at):
    arguments = [argument for argument in node.args if not isinstance(argument, ast.Starred)]
    for first in range(len(arguments)):
        for second in range(first + 1, len(arguments)):
            one, other = arguments[first], arguments[second]
            if at.text(one) != at.text(other):
                prior = 0.75 if second == first + 1 else 0.5
                yield [at.replace(one, at.text(other)), at.replace(other, at.text(one))], prior
    values = [keyword.value for keyword in node.keywords if keyword.arg]
    for one, other in zip(values, values[1:]):
        yield [at.replace(one, at.text(other)), at.replace(other, at.text(one))], 0.4
    if isinstance(node.func, ast.Attribute) and len(node.args) == 1 and not node.keywords:
        one, other = node.func.value, node.args[0]
        yield [at.replace(one, at.source.operand(other)), at.replace(other, at.text(one))], 0.2


@operator("arguments", ast.Call)
def drop_argument(node, at):
    everything = [*node.args, *node.keywords]
    for index, argument in enumerate(everything):
        if len(everything) == 1:
            edit = Edit(at.source.start(argument), at.source.end(argument), "")
        elif index:
            edit = Edit(at.source.end(everything[index - 1]), at.source.end(argument), "")
        else:
            edit = Edit(at.source.start(argument), at.source.start(everything[1]), "")
        yield edit, 0.45 if isinstance(argument, ast.keyword) else 0.3


@operator("arguments", ast.Call)
def missing_argument(node, at):
    """Arguments that a function of the project takes and the call leaves out."""
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", None)
    boost = 1.5 if at.seen("TypeError") else 1.0
    if node.args and isinstance(node.args[-1], ast.GeneratorExp):
        return
    if name in at.project.parameters:
        parameters = at.project.parameters[name]
        given = set(parameters[:len(node.args)]) | {keyword.arg for keyword in node.keywords}
        scope = at.scope(node)
        for parameter in parameters[len(node.args):]:
            if parameter in given:
                continue
            positional = parameter == parameters[len(node.args)] and not node.keywords
            for value in at.names(node)[:8]:
                prior = 0.8 if value == parameter else 0.25
                yield append_argument(node, at, value if positional else f"{parameter}={value}"), prior * boost
            if scope.receiver and parameter in scope.attributes:
                value = f"{scope.receiver}.{parameter}"
                yield append_argument(node, at, value if positional else f"{parameter}={value}"), 0.8 * boost
            for value in ("True", "False"):
                yield append_argument(node, at, f"{parameter}={value}"), 0.25
    if name in ("sorted", "sort") and not any(keyword.arg == "reverse" for keyword in node.keywords):
        yield append_argument(node, at, "reverse=True"), 0.7
    if name in ("min", "max") and len(node.args) == 1 and not node.keywords:
        yield append_argument(node, at, "default=0"), 0.4
        yield append_argument(node, at, "default=None"), 0.4
    if name in ("sum", "enumerate", "round") and len(node.args) == 1:
        for value in ("1", "2") if name != "sum" else ("1",):
            yield append_argument(node, at, value), 0.35
    if name == "range" and len(node.args) == 1:
        yield Edit(at.source.start(node.args[0]), at.source.start(node.args[0]), "1, "), 0.5
        yield at.replace(node.args[0], f"1, {at.source.operand(node.args[0])} + 1"), 0.4
    if name == "range" and len(node.args) == 2:
        yield append_argument(node, at, "-1"), 0.2
    if name in ("split", "rsplit", "replace") and node.args:
        yield append_argument(node, at, "1"), 0.35


def append_argument(node, at, text):
    end = at.source.end(node) - 1
    everything = [*node.args, *node.keywords]
    if not everything:
        return Edit(end, end, text)
    last = max(at.source.end(argument) for argument in everything)
    return Edit(last, last, ", " + text)


@operator("surplus call", ast.Call)
def unwrap(node, at):
    """``x`` for ``f(x)`` and for ``x.f()``."""
    if isinstance(at.parent(node), ast.Expr) or is_annotation(at, node):
        return
    if len(node.args) == 1 and not isinstance(node.args[0], ast.Starred):
        own = getattr(node.func, "id", None) == getattr(at.source.function(node), "name", "")
        yield at.replace(node, at.source.inside(node.args[0], node)), 0.6 if own else 0.4
    elif node.args and not isinstance(node.args[0], ast.Starred):
        for argument in node.args[:3]:
            if not isinstance(argument, ast.Starred):
                yield at.replace(node, at.source.inside(argument, node)), 0.25
    if isinstance(node.func, ast.Attribute):
        yield at.replace(node, at.text(node.func.value)), 0.45


@operator("missing call", ast.Name, ast.Attribute, ast.Subscript, ast.Call)
def wrap(node, at):
    """``x.lower()`` or ``len(x)`` for ``x``: methods and functions that the file uses in that way."""
    parent = at.parent(node)
    if not loaded(node) or is_annotation(at, node) or isinstance(parent, ast.Attribute) \
            or isinstance(parent, ast.Call) and parent.func is node or isinstance(parent, ast.Expr) \
            or isinstance(parent, ast.Subscript) and parent.value is node or in_decorator(at, node):
        return
    text = at.text(node)
    methods, functions = used_without_arguments(at)
    for method in methods:
        yield at.replace(node, f"{text}.{method}()"), 0.4 if isinstance(node, (ast.Name, ast.Attribute)) else 0.3
    for method in METHODS_WITHOUT_ARGUMENTS:
        if method not in methods:
            yield at.replace(node, f"{text}.{method}()"), 0.15
    for function in functions:
        yield at.replace(node, f"{function}({text})"), 0.3
    for function in WRAPPERS:
        if function not in functions and getattr(getattr(node, "func", None), "id", "") != function:
            yield at.replace(node, f"{function}({text})"), 0.15


def used_without_arguments(at):
    if not hasattr(at, "wrapping"):
        methods, functions = {}, {}
        for node in ast.walk(at.source.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args and not node.keywords:
                methods[node.func.attr] = True
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
                functions[node.func.id] = True
            elif isinstance(node, FUNCTIONS) and len(node.args.args) == 1 and node in at.source.tree.body:
                functions[node.name] = True
        at.wrapping = list(methods), [name for name in functions if name != "super"]
    return at.wrapping


def in_decorator(at, node):
    child, parent = node, at.parent(node)
    while parent is not None and not isinstance(parent, ast.stmt):
        child, parent = parent, at.parent(parent)
    return child in getattr(parent, "decorator_list", ())


def shares_word(first, second):
    return bool(set(first.split("_")) & set(second.split("_")))
