"""Serves changed source files to imports without writing them to the workspace."""

import json
import os
import sys
from importlib.machinery import PathFinder, SourceFileLoader


class OverlayLoader(SourceFileLoader):
    """Loads one module from the given text; tracebacks and ``__file__`` show the real file."""

    def __init__(self, name, path, text):
        super().__init__(name, path)
        self._text = text

    def get_data(self, path):
        return self._text.encode("utf-8") if path == self.path else super().get_data(path)

    def get_code(self, fullname):
        return compile(self._text, self.path, "exec", dont_inherit=True)


class OverlayFinder:
    def __init__(self, texts):
        self._texts = {os.path.realpath(path): text for path, text in texts.items()}
        self._names = {module_name(path) for path in self._texts}

    def find_spec(self, fullname, path=None, target=None):
        if fullname.rpartition(".")[2] not in self._names:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or not spec.origin:
            return None
        text = self._texts.get(os.path.realpath(spec.origin))
        if text is None:
            return None
        spec.loader = OverlayLoader(fullname, spec.origin, text)
        spec.cached = None
        return spec


def module_name(path):
    folder, file = os.path.split(path)
    name = file[:-3] if file.endswith(".py") else file
    return os.path.basename(folder) if name == "__init__" else name


def install(texts):
    """Serves the texts from now on; returns the finder, or None when there is nothing to serve."""
    if not texts:
        return None
    finder = OverlayFinder(texts)
    sys.meta_path.insert(0, finder)
    return finder


def run_script(arguments):
    """``python script.py …`` does not go through imports: runs the changed text of the script instead."""
    path = os.path.realpath(arguments[0])
    with open(os.environ["CODEX_REPAIR_OVERLAY"], encoding="utf-8") as file:
        text = json.load(file)[path]
    sys.argv[:] = arguments
    sys.path[0] = os.path.dirname(path)
    main = sys.modules["__main__"]
    main.__dict__.update(__file__=arguments[0], __spec__=None, __cached__=None)
    exec(compile(text, path, "exec", dont_inherit=True), main.__dict__)


def changed_script(command, texts):
    """The place of the script in a command line like ``python -u script.py``, when the overlay changes it."""
    index = 1
    while index < len(command) and command[index].startswith("-"):
        if command[index] in ("-c", "-m", "-"):
            return None
        index += 2 if command[index] in ("-W", "-X") else 1
    if index < len(command) and os.path.realpath(command[index]) in {os.path.realpath(path) for path in texts}:
        return index
    return None


if __name__ == "__main__":
    run_script(sys.argv[1:])
