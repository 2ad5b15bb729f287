"""Prompt, localisation, identities and the report of a run."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

from codex_repair.identity import members, passes
from codex_repair.learn import Learned, read_report
from codex_repair.localize import Baseline, follow, ochiai
from codex_repair.prompt import Prompt
from codex_repair.search import Grace, Trial
from codex_repair.source import Edit, apply_edits
from codex_repair.warm.patience import Patience
from codex_repair.warm.swap import CannotSwap, LiveFunctions, changed_functions
from codex_repair.warm.unittest_side import signature_in


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


class FollowTests(unittest.TestCase):
    IDS = ["one", "dies", "two"]

    def answer(self, only=None, tell=False):
        """A child that runs the three tests; the second takes its process with it."""
        self.runs.append((only, tell))
        ids = self.IDS if only is None else only
        lines = [{"start_seconds": 0.1, "ids": ids}]
        for test in ids:
            if test == "dies":
                if tell:
                    lines += [{"ran": ["/a", 3]}, {"ran": ["/a", 4]}]
                return {"lines": lines, "timed_out": False}
            lines.append({"test": test, "outcome": "passed", "signature": "", "seconds": 1, "frames": [], "lines": {"/a": [3]}})
        lines += [{"outside": {"/a": [1]}, "ran_at_import": [], "modules": [], "spawned": False, "done": 1}]
        return {"lines": lines, "timed_out": False}

    def test_a_test_that_ends_its_process_fails_and_the_others_go_on(self):
        self.runs = []
        baseline = follow(self.answer)
        self.assertTrue(baseline.complete)
        self.assertEqual({"one": "passed", "dies": "failed", "two": "passed"}, baseline.outcomes)
        self.assertEqual({"/a": {3, 4}}, baseline.lines["dies"])
        self.assertEqual([["/a", 4, ""]], baseline.frames["dies"])
        self.assertEqual([(None, False), (["dies"], True), (["two"], False)], self.runs)
        self.assertLess(baseline.usual_seconds["dies"], 1)

    def test_a_process_that_runs_out_of_time_or_never_gets_to_the_tests_is_not_followed(self):
        for answer in ({"lines": [{"start_seconds": 1, "ids": ["a"]}], "timed_out": True}, {"lines": [], "timed_out": False}):
            with self.subTest(answer=answer):
                self.assertFalse(follow(lambda **job: answer).complete)
        self.assertIsNone(follow(lambda **job: None))


class GraceTests(unittest.TestCase):
    class Candidate:
        steps = (1,)

        def __init__(self, score, size=1):
            self.score, self.length = score, size

        def size(self):
            return self.length

    def trial(self, candidates, index):
        return Trial(candidates[index], {"timed_out": False, "lines": [{"target": "t", "ok": True, "signature": ""}, {"done": 2}]},
                     ["t"], index)

    def test_it_is_counted_in_candidates_and_ends_where_nothing_better_can_come(self):
        candidates = [self.Candidate(1.0 - 0.0001 * index, size=20) for index in range(200)]
        grace = Grace(candidates)
        self.assertFalse(grace.over(0, 0.0))
        grace.add(self.trial(candidates, 9))
        self.assertFalse(grace.over(69, 0.0))
        self.assertTrue(grace.over(70, 0.0))
        grace.add(self.trial(candidates, 4))  # answers come in any order; the first one counts
        self.assertTrue(grace.over(65, 0.0))
        self.assertEqual([4, 9], [trial.index for trial in grace.take()])
        self.assertFalse(grace.over(70, 0.0))

        candidates = [self.Candidate(0.5) for _ in range(20)] + [self.Candidate(0.9)] + [self.Candidate(0.4) for _ in range(100)]
        grace = Grace(candidates)
        grace.add(self.trial(candidates, 2))
        self.assertFalse(grace.over(3, 0.0))  # a later attempt does not go by score: the one with 0.9 is still to come
        self.assertTrue(grace.over(21, 0.0))


class PatienceTests(unittest.TestCase):
    def start(self, code):
        process = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_a_group_that_rests_is_given_up(self):
        patience = Patience(self.start("import time; time.sleep(600)").pid, 600.0)
        self.assertFalse(patience.over(patience.next - 0.1))
        while not patience.over(patience.next):
            pass
        self.assertLess(patience.next, patience.last)

    def test_a_group_that_works_is_let_go_on(self):
        patience = Patience(self.start("while True: pass").pid, 600.0)
        self.assertFalse(any(patience.over(patience.next) for _ in range(200)))

    def test_a_group_that_works_for_ever_is_given_up_in_the_end(self):
        patience = Patience(self.start("while True: pass").pid, 1.0)
        self.assertFalse(patience.over(0.0))
        self.assertTrue(patience.over(patience.last))


class SignatureTests(unittest.TestCase):
    def test_the_exception_of_a_printed_traceback(self):
        frame = 'Failed to import test module: x\nTraceback (most recent call last):\n  File "/w/a.py", line 4, in cap\n'
        for text, expected in (
            ("    return LIMTI\n           ^^^^^\nNameError: name 'LIMTI' is not defined", "NameError: name 'LIMTI' is not defined"),
            ("    x\njson.decoder.JSONDecodeError: no\nmore: text", "JSONDecodeError: no"),
            ("    x\nKeyboardInterrupt", "KeyboardInterrupt: "),
        ):
            with self.subTest(expected=expected):
                self.assertEqual(expected, signature_in(frame + text))


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

    def test_a_test_that_took_its_process_with_it_failed(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "report")
            with open(path, "w", encoding="utf-8") as file:
                file.write('{"session": {}}\n{"started": "a"}\n{"id": "a", "outcome": "passed"}\n{"started": "b"}\n')
            learned = Learned()
            learned.exit_code = 137
            read_report(path, learned)
        self.assertEqual({"a": "passed", "b": "failed"}, learned.outcomes)


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
