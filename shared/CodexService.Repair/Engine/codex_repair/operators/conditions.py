"""Conditions that are negated, incomplete or too strict."""

import ast

from codex_repair.operators.registry import Edit, loaded, operator


@operator("condition", ast.BoolOp)
def change_boolean(node, at):
    token = "and" if isinstance(node.op, ast.And) else "or"
    other = "or" if token == "and" else "and"
    spans = []
    for left, right in zip(node.values, node.values[1:]):
        start, end = at.source.between(left, right)
        spans.append(at.source.token(start, end, [token]))
    if all(spans):
        yield [Edit(start, end, other) for start, end in spans], 0.9
    for index, value in enumerate(node.values):
        rest = [at.text(item) for item in node.values if item is not value]
        text = f" {token} ".join(rest)
        grouped = len(rest) > 1 and isinstance(at.parent(node), (ast.BoolOp, ast.UnaryOp))
        yield at.replace(node, f"({text})" if grouped else text), 0.6
        yield at.replace(value, negated(value, at)), 0.5


@operator("condition", ast.UnaryOp)
def drop_not(node, at):
    if isinstance(node.op, ast.Not):
        yield at.replace(node, at.source.inside(node.operand, node)), 0.9


def negated(test, at):
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return at.text(test.operand)
    text = at.text(test)
    return f"not {text}" if not isinstance(test, (ast.BoolOp, ast.IfExp, ast.NamedExpr)) else f"not ({text})"


@operator("condition", ast.If, ast.While, ast.IfExp)
def change_test(node, at):
    test = node.test
    if not isinstance(test, (ast.Compare, ast.BoolOp)) and not isinstance(test, ast.UnaryOp):
        yield at.replace(test, negated(test, at)), 0.85
        if isinstance(test, (ast.Name, ast.Attribute, ast.Call)):
            yield at.replace(test, f"{at.text(test)} is not None"), 0.5
            yield at.replace(test, f"{at.text(test)} is None"), 0.4
    elif isinstance(test, ast.BoolOp):
        yield at.replace(test, negated(test, at)), 0.5
    elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield at.replace(test, f"{at.source.operand(test.operand)} is None"), 0.5
    elif isinstance(test, ast.Compare) and isinstance(test.ops[0], (ast.Is, ast.IsNot)) and len(test.ops) == 1:
        left = at.text(test.left)
        yield at.replace(test, left if isinstance(test.ops[0], ast.IsNot) else f"not {at.source.operand(test.left)}"), 0.55
    yield at.replace(test, "True"), 0.25
    yield at.replace(test, "False"), 0.3
    if isinstance(node, ast.IfExp):
        yield [at.replace(node.body, at.text(node.orelse)), at.replace(node.orelse, at.text(node.body))], 0.6
        yield at.replace(node, at.source.inside(node.body, node)), 0.35
        yield at.replace(node, at.source.inside(node.orelse, node)), 0.35


@operator("missing condition", ast.If, ast.While)
def strengthen_test(node, at):
    text = at.text(node.test)
    left = f"({text})" if isinstance(node.test, (ast.BoolOp, ast.IfExp, ast.NamedExpr)) else text
    for clause, prior in clauses(node, at):
        yield at.replace(node.test, f"{left} and {clause}"), prior
        yield at.replace(node.test, f"{left} or {clause}"), prior
        if clause_first(clause):
            yield at.replace(node.test, f"{clause} and {left}"), prior
            yield at.replace(node.test, f"{clause} or {left}"), prior * 0.9


def clause_first(clause):
    return clause.startswith("not ") or clause.isidentifier() or " is " in clause


def clauses(node, at):
    """Conditions over names at hand, and conditions that the function already asks elsewhere."""
    names = [name for name in at.names(node)][:6]
    for name in names:
        yield name, 0.22
        yield f"not {name}", 0.22
        yield f"{name} is None", 0.2
        yield f"{name} is not None", 0.2
    for name in names[:3]:
        for field in sorted(boolean_fields(at)):
            yield f"{name}.{field}", 0.2
            yield f"not {name}.{field}", 0.2
    scope = at.scope(node)
    for attribute in (scope.attributes if scope.receiver else [])[:6]:
        yield f"{scope.receiver}.{attribute}", 0.18
        yield f"not {scope.receiver}.{attribute}", 0.18
    own = at.text(node.test)
    seen = set()
    for other in scope.texts:
        if isinstance(other, (ast.Compare, ast.UnaryOp)) and len(seen) < 12:
            text = at.text(other)
            if text != own and text not in seen and "\n" not in text and (
                    isinstance(other, ast.Compare) or isinstance(other.op, ast.Not)):
                seen.add(text)
                yield text, 0.18
    for name in names[:4]:
        for other in names[:4]:
            if name < other:
                yield f"{name} == {other}", 0.1
                yield f"{name} != {other}", 0.1


@operator("condition", ast.comprehension)
def change_filters(node, at):
    for test in node.ifs:
        if not isinstance(test, ast.Compare):
            yield at.replace(test, negated(test, at)), 0.8
        start = at.source.data.rfind(b"if", 0, at.source.start(test))
        yield Edit(start, at.source.end(test), ""), 0.5
    names = [name.id for name in ast.walk(node.target) if isinstance(name, ast.Name)]
    end = at.source.end(node.ifs[-1]) if node.ifs else at.source.end(node.iter)
    for name in names:
        for clause in (name, f"not {name}", f"{name} is not None"):
            yield Edit(end, end, f" if {clause}" if not node.ifs else f" and {clause}"), 0.2
        for field in sorted(boolean_fields(at)):
            yield Edit(end, end, f" if {name}.{field}" if not node.ifs else f" and {name}.{field}"), 0.15
            yield Edit(end, end, f" if not {name}.{field}" if not node.ifs else f" and not {name}.{field}"), 0.12


def boolean_fields(at):
    if not hasattr(at, "flags"):
        at.flags = set()
        for source in at.project.sources.values():
            for node in ast.walk(source.tree):
                if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) \
                        and getattr(node.annotation, "id", "") == "bool":
                    at.flags.add(node.target.id)
    return at.flags


@operator("condition", ast.Return, ast.Assign, ast.keyword)
def negate_value(node, at):
    value = node.value
    if value is None or not loaded(value):
        return
    if isinstance(value, (ast.Call, ast.Name, ast.Attribute, ast.BoolOp)):
        boolean = isinstance(value, ast.BoolOp) or isinstance(node, ast.Return)
        yield at.replace(value, negated(value, at)), 0.5 if boolean else 0.25


@operator("condition", ast.Call)
def negate_argument(node, at):
    for argument in node.args:
        if isinstance(argument, (ast.Name, ast.Attribute, ast.Call)):
            yield at.replace(argument, negated(argument, at)), 0.15


@operator("condition", ast.Lambda)
def negate_lambda(node, at):
    if isinstance(node.body, (ast.Call, ast.Name, ast.Attribute)):
        yield at.replace(node.body, negated(node.body, at)), 0.3


@operator("condition", ast.BinOp, ast.Name, ast.Attribute, ast.Call)
def fall_back(node, at):
    """``x or other`` for ``x``."""
    parent = at.parent(node)
    used = isinstance(parent, (ast.Assign, ast.Return, ast.keyword)) and getattr(parent, "value", None) is node
    if not used or not loaded(node):
        return
    text = at.text(node)
    for other in ["None", "[]", '""', "0", *at.names(node)[:4], *at.module_names["constants"][:6]]:
        if other != text:
            yield at.replace(node, f"{text} or {other}"), 0.2
    scope = at.scope(node)
    attributes = [f"{scope.receiver}.{name}" for name in scope.attributes] if scope.receiver else []
    for other in [*attributes, *at.names(node)[:4]]:
        if other != text:
            yield at.replace(node, f"{other} or {text}"), 0.22
            yield at.replace(node, f"{text} and {other}"), 0.12
            if other in attributes:
                yield at.replace(node, f"{text} or {other}"), 0.2
