"""Each operator family proposes the fix of a tiny bug, and changes nothing else in the file."""

import os
import tempfile
import unittest

from codex_repair import candidates
from codex_repair.project import Project, may_change


class Everywhere:
    """Suspects every line equally."""

    def __init__(self, project):
        self.lines = {(source.path, 1): 1.0 for source in project.sources.values()}

    def of_statement(self, source, statement):
        return 1.0

    def weight(self, source, statement):
        return 1.0


def proposals(text, errors=()):
    """New text -> family, for every candidate of a module."""
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        path = os.path.join(folder, "module.py")
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        project = Project(folder, [path])
        found = {}
        for candidate in candidates.generate(project, Everywhere(project), list(errors)):
            found.setdefault(candidate.overlay()[path], candidate.family)
        return found


# family, buggy line, right line (in the function below)
ONE_LINE = [
    ("comparison", "return a < b", "return a <= b"),
    ("comparison", "return a == b", "return a != b"),
    ("comparison", "return a is b", "return a == b"),
    ("comparison", "return a not in b", "return a in b"),
    ("comparison", "return len(a) == 0", "return len(a) <= 1"),
    ("arithmetic", "return a - b", "return a + b"),
    ("arithmetic", "return a / b", "return a // b"),
    ("arithmetic", "return a // b", "return a % b"),
    ("arithmetic", "return a * (b - 1)", "return a * b"),
    ("arithmetic", "return a - b", "return b - a"),
    ("arithmetic", "return a - b * c", "return (a - b) * c"),
    ("arithmetic", "return -a", "return a"),
    ("augmented assignment", "a -= b", "a += b"),
    ("augmented assignment", "a = b", "a += b"),
    ("augmented assignment", "a += b", "a = b"),
    ("off by one", "return a[1]", "return a[0]"),
    ("off by one", "return range(a)", "return range(a + 1)"),
    ("off by one", "return a[b:c]", "return a[b:c + 1]"),
    ("off by one", "return a * b", "return a * (b - 1)"),
    ("constant", "return True", "return False"),
    ("constant", "return a * 7", "return a * 100"),
    ("constant", "return 5", "return -5"),
    ("constant", "return a == 'left'", "return a == 'right'"),
    ("slice", "return a[:b]", "return a[b:]"),
    ("slice", "return a[:]", "return a[1:]"),
    ("slice", "return [x for x in a[:-1]]", "return [x for x in a]"),
    ("slice", "return a[1]", "return a[-1]"),
    ("slice", "return a[b:c]", "return a[b:]"),
    ("wrong function", "return min(a, b)", "return max(a, b)"),
    ("wrong function", "return any(a)", "return all(a)"),
    ("wrong function", "return a.lower()", "return a.upper()"),
    ("wrong function", "a.append(b)", "a.extend(b)"),
    ("wrong function", "return a.startswith(b)", "return a.endswith(b)"),
    ("wrong function", "return a.pop()", "return a.pop(0)"),
    ("arguments", "return divmod(a, b)", "return divmod(b, a)"),
    ("arguments", "return sorted(a)", "return sorted(a, reverse=True)"),
    ("arguments", "return sorted(a, reverse=True)", "return sorted(a)"),
    ("arguments", "return other(a)", "return other(a, b)"),
    ("surplus call", "return len(a)", "return a"),
    ("surplus call", "return a.strip()", "return a"),
    ("missing call", "return a", "return a.strip()"),
    ("missing call", "return a", "return len(a)"),
    ("wrong variable", "return a + c", "return b + c"),
    ("wrong variable", "a = 1", "b = 1"),
    ("wrong variable", "a, b = b, a", "a, b = a, b"),
    ("wrong attribute", "return a.width", "return a.height"),
    ("condition", "return a and b", "return a or b"),
    ("condition", "return not a", "return a"),
    ("condition", "return [x for x in a if b]", "return [x for x in a if not b]"),
    ("condition", "return a if b else c", "return c if b else a"),
    ("condition", "return a", "return not a"),
    ("condition", "return a", "return a or b"),
    ("return value", "return a", "return b"),
    ("return value", "return True", "return not a"),
    ("return value", "other(a, b)", "return other(a, b)"),
    ("return value", "yield a", "yield from a"),
    ("exception", "raise KeyError(a)", "raise ValueError(a)"),
    ("missing guard", "return a[b]", "return a.get(b)"),
    ("missing guard", "return a / b", "return a / b if b else 0"),
    ("missing guard", "return a.name()", "return a.name() if a is not None else None"),
    ("missing term", "return other(a, b)", "return other(a, b - c)"),
    ("other expression", "return other(a, b), a + b + c", "return a + b + c, a + b + c"),
]

MODULE = '''"""Doc."""
# comment before


class Box:
    width: int = 3
    height: int = 4


def other(a,   b):  # odd spacing stays
    return "left", "right", 100


def function(a, b, c):
    """Says what."""
    {line}  # about this line


LAST = function  # comment after
'''

# family, buggy function, right function
BLOCKS = [
    ("condition", "if a:\n        b()\n    return c", "if not a:\n        b()\n    return c"),
    ("condition", "if a:\n        b()\n    return c", "if a is not None:\n        b()\n    return c"),
    ("missing condition", "if a:\n        b()\n    return c", "if a and b:\n        b()\n    return c"),
    ("missing condition", "if a is None:\n        return c", "if a is None or not b:\n        return c"),
    ("control flow", "for x in a:\n        if x:\n            break", "for x in a:\n        if x:\n            continue"),
    ("return value", "for x in a:\n        b += x", "for x in a:\n        b += x\n    return b"),
    ("surplus statement", "b = 1\n    c = 2\n    return a", "b = 1\n    return a"),
    ("misplaced statement", "b = 1\n    c = 2\n    return a", "c = 2\n    b = 1\n    return a"),
    ("misplaced statement", "for x in a:\n        b += x\n        c += 1\n    return b",
     "for x in a:\n        b += x\n    c += 1\n    return b"),
    ("misplaced statement", "for x in a:\n        b += x\n    c += 1\n    return b",
     "for x in a:\n        b += x\n        c += 1\n    return b"),
    ("missing statement", "for x in a:\n        if x:\n            b += x\n        c += 1",
     "for x in a:\n        if x:\n            b += x\n            continue\n        c += 1"),
    ("missing statement", "for x in a:\n        b.append(x)\n    return b",
     "for x in a:\n        b.append(x)\n    b.append(c)\n    return b"),
    ("missing guard", "return a.name", "if a is None:\n        return None\n    return a.name"),
    ("missing guard", "return a[0]", "if not a:\n        return 0\n    return a[0]"),
    ("missing guard", "for x in a:\n        b(x.name)", "for x in a:\n        if x is None:\n            continue\n        b(x.name)"),
]


class OperatorTests(unittest.TestCase):
    def test_one_line(self):
        for family, buggy, right in ONE_LINE:
            with self.subTest(family=family, buggy=buggy, right=right):
                found = proposals(MODULE.format(line=buggy))
                self.assertIn(MODULE.format(line=right), found)

    def test_blocks(self):
        for family, buggy, right in BLOCKS:
            for newline in ("\n", "\r\n"):
                with self.subTest(family=family, buggy=buggy, right=right, newline=newline):
                    text = "def function(a, b, c):\n    {}\n\n\nLAST = 1\n".replace("\n", newline)
                    found = proposals(text.format(buggy.replace("\n", newline)))
                    self.assertIn(text.format(right.replace("\n", newline)), found)

    def test_defaults_and_constants_outside_functions(self):
        found = proposals('LIMIT = 9\nNAMES = ["a"]\n\n\ndef f(x, sep=",", flag=False):\n    return sep, ";"\n')
        self.assertIn('LIMIT = 10\nNAMES = ["a"]\n\n\ndef f(x, sep=",", flag=False):\n    return sep, ";"\n', found)
        self.assertIn('LIMIT = 9\nNAMES = ["a"]\n\n\ndef f(x, sep=";", flag=False):\n    return sep, ";"\n', found)
        self.assertIn('LIMIT = 9\nNAMES = ["a"]\n\n\ndef f(x, sep=",", flag=True):\n    return sep, ";"\n', found)

    def test_values_of_the_failure_message(self):
        text = 'def f():\n    return "admin"\n'
        self.assertIn('def f():\n    return "viewer"\n', proposals(text, ["AssertionError: assert 'admin' == 'viewer'"]))
        self.assertNotIn('def f():\n    return "viewer"\n', proposals(text))

    def test_names_that_are_not_defined(self):
        found = proposals("LIMIT = 3\n\n\ndef f(x):\n    return LIMTI\n", ["NameError: name 'LIMTI' is not defined"])
        self.assertIn("LIMIT = 3\n\n\ndef f(x):\n    return LIMIT\n", found)

    def test_every_candidate_is_valid_python(self):
        text = MODULE.format(line="x = [a.b for a in (b or c)[1:] if a is not None and -a < 3]; return x") + '''

async def waits(self, *many, key=None, **rest):
    try:
        async with many[0] as one, rest["ä"] as two:
            value = await one(*many, **rest) if key else None
    except (KeyError, ValueError) as problem:
        raise TypeError(f"{value!r:>{key}} ä {problem}") from problem
    else:
        del value
    finally:
        print(one, two) ; return
    while True:
        lambda q, r=2: q @ r
        (walrus := 3) ; assert walrus, "no"
        if many: continue
        elif key: break
        else: pass
    return {**rest, "k": {1, 2}, 3: not key}, many[::2, ...], "a" "b", """long
text"""
'''
        found = proposals(text)
        self.assertGreater(len(found), 500)
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            invalid = []
            for new in found:
                try:
                    compile(new, "module.py", "exec")
                except SyntaxError as problem:
                    invalid.append(str(problem))
        self.assertLess(len(invalid), len(found) // 50, invalid[:5])


class MayChangeTests(unittest.TestCase):
    def test_tests_and_code_of_others_are_never_changed(self):
        for rel in ("tests/helpers.py", "test_a.py", "pkg/a_test.py", "conftest.py", "setup.py", "a.txt", "venv/x.py",
                    ".venv/lib/site-packages/x.py", "pkg/tests/data.py", "build/lib/a.py"):
            with self.subTest(rel=rel):
                self.assertFalse(may_change(rel))
        for rel in ("a.py", "pkg/testing_tools.py", "src/pkg/latest.py"):
            with self.subTest(rel=rel):
                self.assertTrue(may_change(rel))


if __name__ == "__main__":
    unittest.main()
