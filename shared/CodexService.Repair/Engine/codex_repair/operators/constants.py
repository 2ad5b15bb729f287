"""Wrong constants: off by one, wrong sign, wrong flag, another constant of the module, forgotten terms."""

import ast

from codex_repair.operators.registry import is_annotation, loaded, operator
from codex_repair.source import is_number

BUILTIN_EMPTY = {"[]", "{}", "()", "''", '""', "set()"}


@operator("off by one", ast.Constant)
def nudge(node, at):
    if type(node.value) is not int or is_annotation(at, node):
        return
    parent = at.parent(node)
    if isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.USub):
        yield at.replace(parent, str(-node.value + 1)), 0.8
        yield at.replace(parent, str(-node.value - 1)), 0.8
        return
    values = [(node.value + 1, 0.95), (node.value - 1, 0.95)]
    neutral = isinstance(parent, ast.BinOp) and isinstance(parent.op, (ast.Add, ast.Sub)) \
        and (parent.right is node or isinstance(parent.op, ast.Add))
    scale = isinstance(parent, ast.BinOp) and isinstance(parent.op, (ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow))
    for value, prior in values:
        if neutral and value == 0:
            continue  # ``x - 0`` is better written as ``x``: drop_operand proposes that
        if scale and value in (0, 1):
            prior = 0.2
        text = str(value)
        if value < 0 and isinstance(parent, ast.BinOp):
            prior, text = 0.2, f"({value})"
        yield at.replace(node, text), prior


@operator("constant", ast.Constant)
def other_number(node, at):
    if not is_number(node) or is_annotation(at, node):
        return
    near = {other.value for other in at.scope(node).numbers if type(other.value) is type(node.value)}
    everywhere = {value for value in at.numbers if type(value) is type(node.value)}
    usual = {0, 1, -1, 2, 10, 100, 1000} if type(node.value) is int else {0.0, 1.0, 0.5, 0.1, 0.01, 100.0}
    quoted = at.error_numbers if type(node.value) is int else set()
    for value in sorted(everywhere | usual | quoted):
        if value == node.value or type(node.value) is int and abs(value - node.value) == 1:
            continue
        prior = 0.5 if value in near or value in quoted else 0.35 if value in everywhere else 0.3
        yield at.replace(node, str(value) if value >= 0 else f"({value})"), prior
    if node.value and not isinstance(at.parent(node), ast.UnaryOp):
        yield at.replace(node, f"-{at.text(node)}"), 0.45
    if type(node.value) is int and node.value > 1:
        for value in (node.value * 10, node.value // 10, node.value * 2, node.value // 2):
            if value > 0 and value not in everywhere:
                yield at.replace(node, str(value)), 0.2


@operator("constant", ast.Constant)
def flip(node, at):
    if is_annotation(at, node):
        return
    if node.value is True or node.value is False:
        yield at.replace(node, str(not node.value)), 0.9
        yield at.replace(node, "None"), 0.3
    elif node.value is None and not isinstance(at.parent(node), (ast.Compare, ast.Subscript)):
        for text, prior in (("False", 0.4), ("True", 0.3), ("0", 0.35), ("[]", 0.35), ("''", 0.3), ("{}", 0.25)):
            yield at.replace(node, text.replace("''", '""')), prior


@operator("constant", ast.Constant)
def other_string(node, at):
    if not isinstance(node.value, str) or is_annotation(at, node) or isinstance(at.parent(node), ast.Expr):
        return
    if isinstance(at.parent(node), (ast.JoinedStr, ast.FormattedValue)):
        return
    quote = at.text(node)
    if quote[:1] not in "\"'" or quote[:3] in ('"""', "'''"):
        quote = '"'
    quote = quote[0]
    near = {other.value for other in at.scope(node).strings}
    everywhere = at.strings
    variants = {node.value.lower(), node.value.upper(), node.value.strip(), node.value.title(), node.value + " ", ""}
    if 0 < len(node.value) <= 12:
        variants |= {node.value + "s", node.value[:-1], node.value[1:]}
    quoted = at.error_strings
    for value in sorted((everywhere | near | variants | quoted | at.project.words) - {node.value}):
        if len(value) > 80 or "\n" in value:
            continue
        similar = shared_prefix(value, node.value) + shared_prefix(value[::-1], node.value[::-1])
        prior = 0.55 if value in near or value in quoted else 0.4 if value in everywhere else 0.2
        if len(value) == len(node.value) == 1:
            prior += 0.1
        prior += 0.2 * similar / (1 + max(len(value), len(node.value)))
        yield at.replace(node, literal(value, quote)), prior
    for name in at.module_names["constants"]:
        yield at.replace(node, name), 0.15


@operator("constant", ast.Constant)
def key_in_project(node, at):
    """A key or attribute name that other files use."""
    if not isinstance(node.value, str) or not node.value.isidentifier():
        return
    parent = at.parent(node)
    keyed = isinstance(parent, ast.Subscript) or isinstance(parent, ast.Call) and node in parent.args
    if not keyed:
        return
    fields = {field for fields, _ in at.project.classes.values() for field in fields if not field.startswith("_")}
    for name in sorted(fields - {node.value}):
        similar = shared_prefix(name, node.value) + shared_prefix(name[::-1], node.value[::-1])
        yield at.replace(node, literal(name, at.text(node)[0])), 0.1 + 0.2 * similar / (1 + len(name))


@operator("off by one", ast.Name, ast.Attribute, ast.Call, ast.BinOp, ast.Subscript)
def add_one(node, at):
    """``x + 1`` or ``x - 1`` for ``x``, where numbers count: bounds, indices, arguments, comparisons, results."""
    if not loaded(node) or is_annotation(at, node):
        return
    parent = at.parent(node)
    prior = None
    if isinstance(parent, ast.Slice):
        prior = 0.75
    elif isinstance(parent, ast.Subscript) and parent.slice is node:
        prior = 0.6
    elif isinstance(parent, ast.Call) and node in parent.args:
        prior = {"range": 0.7, "min": 0.55, "max": 0.55}.get(getattr(parent.func, "id", ""), 0.4)
    elif isinstance(parent, ast.Compare) and isinstance(parent.ops[0], (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq)):
        prior = 0.4
    elif isinstance(parent, (ast.Assign, ast.Return, ast.AugAssign)) and parent.value is node:
        prior = 0.45 if isinstance(node, ast.BinOp) else 0.35
    elif isinstance(parent, ast.BinOp) and isinstance(parent.op, (ast.Mult, ast.FloorDiv, ast.Mod, ast.Div)):
        prior = 0.45
    elif isinstance(parent, ast.keyword) or isinstance(parent, ast.Tuple) and is_key(at, parent):
        prior = 0.3
    if prior is None:
        return
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)) and is_number(node.right):
        return  # ``x - 1 + 1``: changing the constant says it better
    text = at.source.operand(node) if not isinstance(node, ast.BinOp) else at.text(node)
    if isinstance(node, ast.BinOp) and not isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Div)):
        text = f"({text})"
    group = isinstance(parent, ast.BinOp) and not surrounded(at, node)
    for sign in "+-":
        new = f"{text} {sign} 1"
        yield at.replace(node, f"({new})" if group else new), prior


def is_key(at, node):
    """Whether the tuple is an index or an argument, as in ``table[i, j]`` and ``table.get((i, j))``."""
    parent = at.parent(node)
    return isinstance(parent, ast.Subscript) or isinstance(parent, ast.Call) and node in parent.args


def surrounded(at, node):
    start, end = at.source.start(node), at.source.end(node)
    return at.source.data[start - 1:start] == b"(" and at.source.data[end:end + 1] == b")"


def literal(value, quote):
    text = repr(value)
    if quote == '"' and text[0] == "'" and '"' not in value:
        return '"' + text[1:-1].replace("\\'", "'") + '"'
    return text


def shared_prefix(first, second):
    count = 0
    for one, other in zip(first, second):
        if one != other:
            break
        count += 1
    return count
