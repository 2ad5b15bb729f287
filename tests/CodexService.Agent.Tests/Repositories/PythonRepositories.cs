using CodexService.Testing.ScriptedModels;
using static CodexService.Agent.Tests.Repositories.Move;

namespace CodexService.Agent.Tests.Repositories;

/// <summary>Repositories in Python, with pytest and with unittest.</summary>
internal static class PythonRepositories
{
    private const string Pytest = "python3 -m pytest -q";
    private const string Unittest = "python3 -m unittest";

    public static IReadOnlyList<SmallRepository> All { get; } =
    [
        new("python-nested-package", Pytest, NativeTools: true)
        {
            Files =
            [
                ("shop/__init__.py", ""),
                ("shop/pricing/__init__.py", ""),
                ("shop/pricing/discount.py", "def discounted(price, percent):\n    \"\"\"The price less so many percent.\"\"\"\n    return price - percent\n"),
                ("tests/test_discount.py", "from shop.pricing.discount import discounted\n\n\ndef test_half():\n    assert discounted(200, 50) == 100\n\n\ndef test_none():\n    assert discounted(200, 0) == 200\n"),
            ],
            Task = "`discounted` takes percent off as if they were money.",
            Prompted = "shop/pricing/discount.py",
            Moves =
            [
                View("shop/discount.py", "shop/pricing/discount.py"),
                Edit("shop/pricing/discount.py", "return price * percent", "return price * (100 - percent) / 100", "old is not in the file"),
                Edit("shop/pricing/discount.py", "    return price - percent", "    return price * (100 - percent / 100", "would no longer parse, so nothing was changed: line 3"),
                Edit("shop/pricing/discount.py", "    return price - percent", "    return price * (100 - percent) / 100", "Edited shop/pricing/discount.py at line 3"),
                RunTests("exit code 0; 2 passed, 0 failed"),
                Submit(),
            ],
            Changed = ["shop/pricing/discount.py"],
            Patched = "+    return price * (100 - percent) / 100\n",
        },
        new("python-wrong-file", Unittest, NativeTools: false)
        {
            Files =
            [
                ("stock.py", "def left(stock, sold):\n    return max(stock - sold, 1)\n"),
                ("report.py", "from stock import left\n\n\ndef line(name, stock, sold):\n    return f\"{name}: {left(stock, sold)}\"\n"),
                ("test_report.py", "import unittest\nfrom report import line\n\n\nclass TestReport(unittest.TestCase):\n    def test_sold_out(self):\n        self.assertEqual(line(\"pen\", 3, 3), \"pen: 0\")\n\n    def test_some(self):\n        self.assertEqual(line(\"pen\", 3, 1), \"pen: 2\")\n"),
            ],
            Task = "A sold out article shows 1 in the report.",
            Prompted = "<call name=",
            Moves =
            [
                new(ScriptedTurn.Say("I will look at the report first."), "Your answer called no tool"),
                Edit("report.py", "{left(stock, sold)}", "{left(stock, sold) - 1}", "Edited report.py"),
                RunTests("1 passed, 1 failed; failing: test_some (test_report.TestReport.test_some)"),
                Shell("git checkout report.py && cat stock.py", "return max(stock - sold, 1)"),
                Edit("stock.py", "max(stock - sold, 1)", "max(stock - sold, 0)", "Edited stock.py at line 2"),
                RunTests("exit code 0; 2 passed, 0 failed"),
                Submit(),
            ],
            Changed = ["stock.py"],
            Patched = "+    return max(stock - sold, 0)\n",
        },
        new("python-new-file", Pytest, NativeTools: true)
        {
            Files =
            [
                ("blog/__init__.py", ""),
                ("blog/post.py", "class Post:\n    def __init__(self, title):\n        self.title = title\n"),
                ("tests/test_post.py", "from blog.post import Post\n\n\ndef test_title():\n    assert Post(\"A\").title == \"A\"\n"),
                ("tests/test_slug.py", "import pytest\nfrom blog.slug import slug\n\n\n@pytest.mark.parametrize(\"title, expected\", [(\"A Day\", \"a-day\"), (\" x  y \", \"x-y\")])\ndef test_slug(title, expected):\n    assert slug(title) == expected\n"),
            ],
            Task = "Write `blog/slug.py`: titles in lower case, words joined by dashes.",
            Prompted = "Write `blog/slug.py`",
            Moves =
            [
                Submit("Nothing was changed yet"),
                Write("blog/slug.py", "def slug(title)\n    return title\n", "It does not parse: line 1"),
                RunTests("exit code 2"),
                Write("blog/slug.py", "def slug(title):\n    return title.lower().replace(\" \", \"-\")\n", "Wrote blog/slug.py (2 lines, before 2)"),
                RunTests("failing: tests/test_slug.py::test_slug"),
                Write("blog/slug.py", "def slug(title):\n    return \"-\".join(title.lower().split())\n", "Wrote blog/slug.py"),
                Submit("Files changed after the last run of the tests"),
                RunTests("exit code 0; 3 passed, 0 failed"),
                Submit(),
            ],
            Changed = ["blog/slug.py"],
            Patched = "+    return \"-\".join(title.lower().split())\n",
        },
        new("python-windows-lines", Pytest, NativeTools: false)
        {
            Files =
            [
                ("clock.py", "def minutes(text):\r\n    hours, rest = text.split(\":\")\r\n    return int(hours) * 24 + int(rest)\r\n\r\n\r\ndef text(minutes):\r\n    return f\"{minutes // 60}:{minutes % 60:02}\"\r\n"),
                ("test_clock.py", "from clock import minutes, text\r\n\r\n\r\ndef test_minutes():\r\n    assert minutes(\"2:05\") == 125\r\n\r\n\r\ndef test_text():\r\n    assert text(125) == \"2:05\"\r\n"),
            ],
            Task = "minutes(\"2:05\") has to be 125.",
            Prompted = "minutes(\"2:05\") has to be 125.",
            Moves =
            [
                Call("open_file", new { path = "clock.py" }, "There is no tool \"open_file\". The tools are: shell, view"),
                Call("view", new { path = "clock.py", start = "ten" }, "could not be read: start has to be an integer, but is \"ten\". The right form: <call name=\"view\"> <path>…</path> </call>"),
                View("clock.py", "3|    return int(hours) * 24 + int(rest)"),
                Edit("clock.py", "    hours, rest = text.split(\":\")\n    return int(hours) * 24 + int(rest)\n", "    hours, rest = text.split(\":\")\n    return int(hours) * 60 + int(rest)\n", "Edited clock.py at line 2"),
                RunTests("exit code 0; 2 passed, 0 failed"),
                Submit(),
            ],
            Changed = ["clock.py"],
            Patched = "+    return int(hours) * 60 + int(rest)\r\n",
        },
        new("python-instructions", Unittest, NativeTools: true)
        {
            Files =
            [
                ("AGENTS.md", "Amounts are whole cents.\n"),
                ("billing/AGENTS.md", "Rounding here is half up.\n"),
                ("billing/__init__.py", ""),
                ("billing/tax.py", "RATE = 19\n\n\ndef tax(cents):\n    return cents * RATE // 100\n\n\ndef reduced(cents):\n    return cents * 7 // 100\n"),
                ("tests/__init__.py", ""),
                ("tests/test_tax.py", "import unittest\nfrom billing.tax import reduced, tax\n\n\nclass TestTax(unittest.TestCase):\n    def test_tax(self):\n        self.assertEqual(tax(150), 29)\n\n    def test_reduced(self):\n        self.assertEqual(reduced(100), 7)\n"),
            ],
            Task = "tax rounds down instead of half up.",
            Prompted = "Amounts are whole cents.",
            Moves =
            [
                View("billing/tax.py", "Rounding here is half up."),
                Edit("billing/tax.py", "// 100", "// 100 + 1", "old is found 2 times"),
                new(ScriptedTurn.CallWithGarbage("edit", "{\"path\": \"billing/tax.py\", \"old\": "), "The arguments of edit are one JSON object like {\"new\":\"…\",\"old\":\"…\",\"path\":\"…\"}"),
                Call("edit", new { path = "billing/tax.py", old = new { line = 5 }, @new = "x" }, "edit: \"old\" must be text (a string). Call it like this"),
                Edit("billing/tax.py", "cents * RATE // 100", "(cents * RATE + 50) // 100", "Edited billing/tax.py at line 5"),
                RunTests("exit code 0; 2 passed, 0 failed"),
                Submit(),
            ],
            Changed = ["billing/tax.py"],
            Patched = "+    return (cents * RATE + 50) // 100\n",
        },
        new("python-circles", Pytest, NativeTools: false)
        {
            Files =
            [
                ("texts.py", "def first(words):\n    return words[0]\n\n\ndef last(words):\n    return words[len(words)]\n"),
                ("test_texts.py", "from texts import first, last\n\n\ndef test_first():\n    assert first([\"a\", \"b\"]) == \"a\"\n\n\ndef test_last():\n    assert last([\"a\", \"b\"]) == \"b\"\n"),
            ],
            Task = "`last` fails with an IndexError.",
            Prompted = "`last` fails with an IndexError.",
            Moves =
            [
                View("texts.py", "6|    return words[len(words)]"),
                View("texts.py", "6|    return words[len(words)]"),
                View("texts.py", "6|    return words[len(words)]"),
                View("texts.py", "You are going in circles: the same call with the same result 4 times: view texts.py"),
                Write("texts.py", "# ... rest of the file unchanged\n\n\ndef last(words):\n    return words[-1]\n", "content leaves text out"),
                Shell("python3 -c 'import texts; texts.last([1])'", "IndexError: list index out of range"),
                Edit("texts.py", "words[len(words)]", "words[-1]", "Edited texts.py at line 6"),
                Submit("The tests were not run."),
                RunTests("exit code 0; 2 passed, 0 failed"),
                Submit(),
            ],
            Changed = ["texts.py"],
            Patched = "+    return words[-1]\n",
        },
    ];
}
