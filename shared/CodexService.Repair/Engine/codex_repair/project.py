"""What may be changed, and what its code offers: classes with their attributes, functions with their parameters."""

import ast
import os
import re

from codex_repair.source import FUNCTIONS, Source

TEST_FOLDERS = {"test", "tests", "testing", "spec", "specs"}
OTHER_FOLDERS = {".git", ".hg", ".venv", "venv", "env", ".tox", ".nox", "node_modules", "site-packages",
                 "dist-packages", "build", "dist", "__pycache__", ".eggs"}
TEST_FILE = re.compile(r"^(test_.*|.*_tests?|tests?|conftest|setup|noxfile|tasks)\.py$")


def may_change(rel):
    """Tests, their configuration and code of others are never changed."""
    *folders, name = rel.split(os.sep)
    if not name.endswith(".py") or TEST_FILE.match(name):
        return False
    return not any(folder in TEST_FOLDERS or folder in OTHER_FOLDERS for folder in folders)


class Project:
    """Source files of the workspace that the tests ran; texts of the overlay stand in for files."""

    def __init__(self, workspace, files, overlay=None):
        self.workspace = workspace
        self.sources = {}
        for path in sorted(files):
            real = os.path.realpath(path)
            rel = os.path.relpath(real, workspace)
            if rel.startswith("..") or not may_change(rel) or not os.path.isfile(real):
                continue
            text = (overlay or {}).get(real)
            if text is None:
                source = Source.read(real, rel)
            else:
                source = Source(real, rel, text.encode("utf-8"))
            if source is not None:
                self.sources[real] = source
        self.classes = {}
        self.parameters = {}
        self.words = set()
        for source in self.sources.values():
            self.learn(source)

    def learn(self, source):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
                self.words.add(node.value)
            if isinstance(node, ast.ClassDef):
                fields, methods = class_members(node)
                self.classes[node.name] = (fields, methods)
                names = [f for f in fields if not f.startswith("_")]
                self.parameters.setdefault(node.name, names)
            elif isinstance(node, FUNCTIONS):
                names = [argument.arg for argument in node.args.posonlyargs + node.args.args]
                if names and isinstance(source.parents.get(node), ast.ClassDef):
                    names = names[1:]
                    if node.name == "__init__":
                        self.parameters[source.parents[node].name] = names
                self.parameters.setdefault(node.name, names)

    def siblings(self, attribute, called):
        """Attributes of classes that have this one: methods for methods, values for values."""
        found = []
        for fields, methods in self.classes.values():
            group = methods if called else fields
            if attribute in group:
                found += [name for name in group if name != attribute and not name.startswith("__")]
        return list(dict.fromkeys(found))


def class_members(node):
    fields, methods = [], []
    for item in node.body:
        if isinstance(item, FUNCTIONS):
            decorators = {name_of(decorator) for decorator in item.decorator_list}
            (fields if decorators & {"property", "cached_property"} else methods).append(item.name)
            for inner in ast.walk(item):
                if isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store) \
                        and isinstance(inner.value, ast.Name) and inner.value.id == "self":
                    fields.append(inner.attr)
        elif isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            fields.append(item.target.id)
        elif isinstance(item, ast.Assign):
            fields += [target.id for target in item.targets if isinstance(target, ast.Name)]
    return list(dict.fromkeys(fields)), list(dict.fromkeys(methods))


def name_of(node):
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return getattr(node, "id", "")
