"""Prompt, localisation, identities and the report of a run."""

import json
import os
import tempfile
import unittest

from codex_repair.identity import members, passes
from codex_repair.learn import Learned, read_report
from codex_repair.localize import Baseline, ochiai
from codex_repair.prompt import Prompt
from codex_repair.source import Edit, apply_edits
from codex_repair.warm.swap import CannotSwap, LiveFunctions, changed_functions


class PromptTests(unittest.TestCase):
    TESTS = ["tests/test_a.py::T::test_one", "tests/test_a.py::test_two[x-1]", "tests/test_b.py::test_three"]

    def test_named_tests(self):
        for text, expected in (
            ("fix tests/test_b.py::test_three please", self.TESTS[2:]),
            ("test_two is red", self.TESTS[1:2]),
            ("everything in tests/test_a.py", self.TESTS[:2]),
            ("page 2 is wrong", []),
        ):
            with self.subTest(text=text):
                self.assertEqual(expected, Prompt(text).named_tests(self.TESTS))

    def test_weight_favours_what_is_named(self):
        prompt = Prompt("`Page.offset` in app/pagination.py is wrong: page 2 repeats users")
        self.assertTrue(prompt.names_function("Page.offset"))
        named = prompt.weight("app/pagination.py", "Page.offset", set())
        near = prompt.weight("app/users.py", "list_users", set())
        far = prompt.weight("app/http.py", "match", set())
        self.assertGreater(named, near)
        self.assertGreater(near, far)
        self.assertEqual(1.0, far)


class LocalizeTests(unittest.TestCase):
    def test_ochiai_prefers_lines_of_failing_tests(self):
        baseline = Baseline({"lines": [
            {"test": "bad", "outcome": "failed", "signature": "", "seconds": 0, "frames": [], "lines": {"/a": [1, 2]}},
            {"test": "good", "outcome": "passed", "signature": "", "seconds": 0, "frames": [], "lines": {"/a": [1, 3]}},
        ]})
        scores = ochiai(baseline, ["bad"])
        self.assertEqual(1.0, scores["/a", 2])
        self.assertAlmostEqual(0.7071, scores["/a", 1], 4)
        self.assertNotIn(("/a", 3), scores)


class IdentityTests(unittest.TestCase):
    def test_a_file_that_could_not_be_imported_stands_for_its_tests(self):
        outcomes = {"tests/test_a.py::test_x": "passed", "tests/test_b.py::test_y": "failed"}
        self.assertTrue(passes("tests/test_a.py", outcomes))
        self.assertFalse(passes("tests/test_b.py", outcomes))
        self.assertFalse(passes("tests/test_c.py", outcomes))
        self.assertFalse(passes("tests/test_a.py", {**outcomes, "tests/test_a.py": "error"}))
        self.assertTrue(passes("unittest.loader._FailedTest.test_a", {"tests.test_a.T.test_x": "passed"}))
        self.assertEqual(["tests/test_a.py::test_x"], members("tests/test_a.py", outcomes))


class ReportTests(unittest.TestCase):
    def test_hostile_reports_are_read_with_care(self):
        lines = [
            "nonsense", "[]", "7", '{"id": 7, "outcome": "passed"}', '{"id": "a", "outcome": "great"}',
            json.dumps({"session": {"cmdline": ["python3"]}}), '{"id": "a", "outcome": "passed"}', '{"started": "b"}',
        ]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "report")
            with open(path, "w", encoding="utf-8") as file:
                file.write("\n".join(lines))
            learned = Learned()
            read_report(path, learned)
        self.assertEqual({"a": "passed", "b": "failed"}, learned.outcomes)
        self.assertEqual("b", learned.hanging)


class SwapTests(unittest.TestCase):
    OLD = "X = 1\n\n\ndef f():\n    def g():\n        return 1\n    return g()\n\n\nclass C:\n    def m(self):\n        return 2\n"

    def changed(self, old, new):
        pairs = changed_functions(compile(self.OLD, "m", "exec"), compile(self.OLD.replace(old, new), "m", "exec"))
        return [code.co_name for code, _ in pairs]

    def test_the_outermost_changed_function_is_found(self):
        self.assertEqual(["f"], self.changed("return 1", "return 3"))
        self.assertEqual(["m"], self.changed("return 2", "return 3"))
        self.assertEqual([], self.changed("return 2", "return  2"))

    def test_changes_outside_functions_cannot_be_swapped(self):
        for old, new in (("X = 1", "X = 2"), ("def f():", "def f(a=1):"), ("class C:", "class C:\n    y = 1\n")):
            with self.subTest(new=new), self.assertRaises(CannotSwap):
                self.changed(old, new)

    def test_swapping_reaches_every_reference(self):
        scope = {}
        exec(compile(self.OLD, "/w/m.py", "exec"), scope)
        bound, function = scope["C"]().m, scope["f"]
        live = LiveFunctions("/w/", [])
        live.swap("/w/m.py", self.OLD, self.OLD.replace("return 1", "return 5").replace("return 2", "return 6"))
        self.assertEqual((5, 6), (function(), bound()))

    def test_functions_that_ran_during_imports_are_refused(self):
        exec(compile(self.OLD, "/v/m.py", "exec"), scope := {})
        live = LiveFunctions("/v/", [["/v/m.py", 4, "f"]])
        with self.assertRaises(CannotSwap):
            live.swap("/v/m.py", self.OLD, self.OLD.replace("return 1", "return 5"))
        self.assertEqual(1, scope["f"]())


class EditTests(unittest.TestCase):
    def test_edits_apply_to_exact_bytes(self):
        self.assertEqual("aÄc".encode(), apply_edits(b"abc", [Edit(1, 2, "Ä")]))
        self.assertEqual(b"1abc2", apply_edits(b"abc", [Edit(3, 3, "2"), Edit(0, 0, "1")]))
        self.assertIsNone(apply_edits(b"abc", [Edit(0, 2, "x"), Edit(1, 3, "y")]))


if __name__ == "__main__":
    unittest.main()
