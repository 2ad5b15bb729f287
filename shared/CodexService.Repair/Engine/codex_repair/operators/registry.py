"""Operators propose edits for one syntax node. Each belongs to a family, the unit of reports and summaries."""

import ast
import re
from functools import cached_property

from codex_repair.source import FUNCTIONS, Edit, is_number

OPERATORS = {}


def operator(family, *types):
    """Registers ``function(node, at)``, which yields (edit or edits, prior 0..1)."""

    def register(function):
        for kind in types:
            OPERATORS.setdefault(kind, []).append((family, function))
        return function

    return register


class Place:
    """What operators may ask about the code around a node."""

    def __init__(self, source, project, errors):
        self.source = source
        self.project = project
        self.errors = errors
        self.error_strings, self.error_numbers = values_in(errors)
        self.scopes = {}
        self.module_names = module_names(source.tree)

    @cached_property
    def numbers(self):
        return {node.value for node in ast.walk(self.source.tree) if is_number(node)}

    @cached_property
    def strings(self):
        """Short strings of the file that are no documentation and no part of a formatted text."""
        return {
            node.value for node in ast.walk(self.source.tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) <= 40
            and not isinstance(self.parent(node), (ast.Expr, ast.JoinedStr))
        }

    @cached_property
    def attributes_by_base(self):
        """Text of an expression -> the attributes that the file reads from it."""
        found = {}
        for node in ast.walk(self.source.tree):
            if isinstance(node, ast.Attribute):
                parent = self.parent(node)
                if not (isinstance(parent, ast.Call) and parent.func is node):
                    found.setdefault(self.text(node.value), []).append(node.attr)
        return found

    def text(self, node):
        return self.source.text(node)

    def replace(self, node, text):
        return self.source.replace(node, text)

    def parent(self, node):
        return self.source.parents.get(node)

    def scope(self, node):
        function = node if isinstance(node, FUNCTIONS) else self.source.function(node)
        if function not in self.scopes:
            self.scopes[function] = Scope(function, self)
        return self.scopes[function]

    def names(self, node):
        """Names that are local at the node, nearest use first; comprehension variables only inside their own."""
        scope = self.scope(node)
        inner = []
        parent = self.parent(node)
        while parent is not None and not isinstance(parent, ast.stmt):
            if isinstance(parent, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
                for comprehension in parent.generators:
                    inner += stored_names(comprehension.target)
            if isinstance(parent, ast.Lambda):
                inner += [argument.arg for argument in parent.args.args]
            parent = self.parent(parent)
        line = node.lineno
        local = sorted(scope.locals, key=lambda name: abs(scope.locals[name] - line))
        return list(dict.fromkeys(inner + local))

    def seen(self, *kinds):
        """Whether the failing tests ended in one of these exceptions."""
        return any(error.startswith(kind) for error in self.errors for kind in kinds)


class Scope:
    def __init__(self, function, place):
        self.function = function
        self.locals = {}
        self.receiver = None
        self.attributes = []
        root = function if function is not None else place.source.tree
        chain = []
        while function is not None:
            chain.append(function)
            function = place.source.function(function)
        for outer in chain:
            arguments = outer.args
            everything = arguments.posonlyargs + arguments.args + arguments.kwonlyargs
            for argument in [*everything, arguments.vararg, arguments.kwarg]:
                if argument is not None:
                    self.locals.setdefault(argument.arg, outer.lineno)
            for node in walk_function(outer):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) \
                        and not in_comprehension(place, node):
                    self.locals.setdefault(node.id, node.lineno)
            cls = place.parent(outer)
            if isinstance(cls, ast.ClassDef) and everything and not is_static(outer):
                self.receiver = everything[0].arg
                fields, methods = place.project.classes.get(cls.name, ([], []))
                self.attributes = [name for name in fields if not name.startswith("__")]
                self.methods = [name for name in methods if not name.startswith("__")]
                self.locals.pop(self.receiver, None)
        self.strings, self.numbers, self.texts = constants_and_expressions(root)


def values_in(errors):
    """Strings and whole numbers that failure messages quote, as ``assert 'admin' == 'viewer'`` does."""
    strings, numbers = set(), set()
    for error in errors:
        strings |= set(re.findall(r"'([^'\\\n]{0,40})'", error))
        numbers |= {int(text) for text in re.findall(r"(?<![\w.])-?\d{1,9}(?![\w.])", error)}
    return strings, numbers


def is_static(function):
    return any(getattr(decorator, "id", "") == "staticmethod" for decorator in function.decorator_list)


def in_comprehension(place, node):
    parent = place.parent(node)
    while parent is not None and not isinstance(parent, ast.stmt):
        if isinstance(parent, ast.comprehension):
            return True
        parent = place.parent(parent)
    return False


def walk_function(function):
    """The function's own nodes, without those of functions and classes inside it."""
    todo = list(ast.iter_child_nodes(function))
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Lambda)):
            todo.extend(ast.iter_child_nodes(node))


def stored_names(target):
    return [node.id for node in ast.walk(target) if isinstance(node, ast.Name)]


def module_names(tree):
    """Names bound at module level: constants, functions, imports."""
    names = {"constants": [], "functions": [], "classes": [], "imports": []}
    for node in tree.body:
        if isinstance(node, FUNCTIONS):
            names["functions"].append(node.name)
        elif isinstance(node, ast.ClassDef):
            names["classes"].append(node.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names["constants"] += [target.id for target in targets if isinstance(target, ast.Name)]
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names["imports"] += [alias.asname or alias.name.split(".")[0] for alias in node.names]
    return names


def constants_and_expressions(root):
    strings, numbers, expressions = [], [], []
    for node in ast.walk(root):
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                strings.append(node)
            elif isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
                numbers.append(node)
        elif isinstance(node, ast.expr) and not isinstance(node, (ast.Name, ast.Starred, ast.Slice, ast.Tuple)) \
                and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            expressions.append(node)
    return strings, numbers, expressions


def loaded(node):
    return isinstance(getattr(node, "ctx", ast.Load()), ast.Load)


def is_annotation(at, node):
    """Whether the node stands in an annotation, where a change does nothing."""
    child, parent = node, at.parent(node)
    while parent is not None:
        if isinstance(parent, ast.arg) or getattr(parent, "annotation", None) is child \
                or getattr(parent, "returns", None) is child:
            return True
        if isinstance(parent, ast.stmt):
            return False
        child, parent = parent, at.parent(parent)
    return False


__all__ = ["Edit", "OPERATORS", "Place", "is_annotation", "loaded", "operator", "stored_names", "walk_function"]
