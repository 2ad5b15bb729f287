using CodexService.Agent;
using Xunit.Abstractions;

namespace CodexService.Repair.Tests;

/// <summary>Small projects of many shapes: runners, layouts, faults, and input that cannot be repaired.</summary>
[Collection("repair")]
public sealed class ProjectsTests(RepairFixture fixture, ITestOutputHelper output)
{
    private static readonly Dictionary<string, string> Calculator = new(StringComparer.Ordinal)
    {
        ["calc.py"] = """
            def add(a, b):
                return a - b  # the sum


            def area(width, height):
                return width + height


            def half(a):
                return a / 2
            """,
        ["tests/__init__.py"] = "",
        ["tests/test_calc.py"] = """
            import unittest

            import calc


            class CalcTest(unittest.TestCase):
                def test_add(self):
                    self.assertEqual(calc.add(2, 3), 5)
                    self.assertEqual(calc.add(0, 9), 9)

                def test_area(self):
                    self.assertEqual(calc.area(2, 3), 6)
                    self.assertEqual(calc.area(7, 1), 7)

                def test_half(self):
                    self.assertEqual(calc.half(6), 3)
            """,
    };

    [Theory]
    [InlineData("python3 -m unittest discover")]
    [InlineData("MODE=1 python3 -m unittest tests.test_calc -v")]
    [InlineData("cd tests/.. && pytest -q -x")]
    [InlineData("make test")]
    public async Task Run_TwoBugs_AreBothRepairedWhateverRunsTheTests(string command)
    {
        var files = new Dictionary<string, string>(Calculator, StringComparer.Ordinal)
        {
            ["Makefile"] = "test:\n\t@PYTHONPATH=. python3 -m pytest -q tests\n",
        };

        var repaired = await fixture.RepairAsync(files, "Make the tests pass", command);
        output.WriteLine(repaired.Diff);

        // With -x the command shows one failure at a time; the engine looks at every test.
        Assert.True(repaired.Result.Changed, repaired.Explain());
        Assert.True(repaired.Tests.Succeeded, repaired.Explain());
        Assert.Contains("+    return a + b  # the sum\n", repaired.Diff, StringComparison.Ordinal);
        Assert.Contains("+    return width * height\n", repaired.Diff, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Fix `add` in calc.py: it does not add")]
    [InlineData("test_add fails")]
    public async Task Run_PromptNamesOneOfTwoBugs_OnlyThatIsRepaired(string prompt)
    {
        var repaired = await fixture.RepairAsync(Calculator, prompt);

        Assert.True(repaired.Result.Changed, repaired.Explain());
        Assert.Equal(["tests/test_calc.py::CalcTest::test_add"], repaired.Result.TargetTests);
        Assert.Contains("+    return a + b  # the sum\n", repaired.Diff, StringComparison.Ordinal);
        Assert.DoesNotContain("width", Changes(repaired), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NoChangeHelps_SaysWhatWasTriedAndChangesNothing()
    {
        var repaired = await fixture.RepairAsync(
            Files("def answer(x):\n    return x\n", "from a import answer\n\ndef test_it():\n    assert answer(3) == [7, 'zebra', {'q': 1.5}]\n"),
            "Fix it",
            budgetSeconds: 40);

        Assert.False(repaired.Result.Changed, repaired.Explain());
        Assert.Equal("", repaired.Status);
        Assert.Equal("", repaired.Result.Title);
        Assert.True(repaired.Result.CandidatesTried > 20, repaired.Explain());
        Assert.Contains("No change was found", repaired.Result.Summary, StringComparison.Ordinal);
        Assert.Contains("`a.py:2` (1.00): `return x`", repaired.Result.Summary, StringComparison.Ordinal);
        Assert.Contains("- return value: ", repaired.Result.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TestsPassAlready_NothingToRepair()
    {
        var repaired = await fixture.RepairAsync(Files("X = 1\n", "from a import X\n\ndef test_x():\n    assert X == 1\n"), "Fix it");

        Assert.False(repaired.Result.Changed);
        Assert.StartsWith("Nothing to repair: the test command passes already (1 tests).", repaired.Result.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CommandNeverEnds_OneClearLine()
    {
        var problem = await Assert.ThrowsAsync<BrainException>(
            () => fixture.RepairAsync(Files("X = 1\n", "def test_x():\n    assert 0\n"), "Fix it", "sleep 1000", budgetSeconds: 10));

        // Half of the budget, and what a busy machine adds to it.
        Assert.Matches(@"^The test command did not end within \d+ s and ran no test: sleep 1000$", problem.Message);
    }

    [Theory]
    [InlineData("no-such-command --all", "The test command could not be started (bash: line 1: no-such-command: command not found): no-such-command --all")]
    [InlineData("python3 -m no_such_runner", "The test command needs the Python module no_such_runner, which the sandbox does not have: python3 -m no_such_runner")]
    [InlineData("sh -c 'exit 3'", "Only pytest and unittest tests can be followed without a model (CODEX_MODEL_URL, CODEX_MODEL); the test command ran none of them and ended with exit code 3 (no output): sh -c 'exit 3'")]
    public async Task Run_CommandRunsNoTests_OneClearLine(string command, string expected)
    {
        var problem = await Assert.ThrowsAsync<BrainException>(
            () => fixture.RepairAsync(Files("X = 1\n", "def test_x():\n    assert 0\n"), "Fix it", command));

        Assert.Equal(expected, problem.Message);
    }

    [Fact]
    public async Task Run_TestThatNeverEnds_IsRepaired()
    {
        var repaired = await fixture.RepairAsync(
            Files(
                "def down(n):\n    while n > 0:\n        n += 1\n    return n\n",
                "from a import down\n\ndef test_three():\n    assert down(3) == 0\n\ndef test_zero():\n    assert down(0) == 0\n"),
            "The program hangs",
            budgetSeconds: 60);

        Assert.True(repaired.Result.Changed, repaired.Explain());
        Assert.Contains("+        n -= 1\n", repaired.Diff, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ModuleThatCannotBeImported_IsRepaired()
    {
        var repaired = await fixture.RepairAsync(
            Files("LIMIT = 10\n\ndef cap(x):\n    return min(x, LIMTI)\n\nTEN = cap(12)\n", "from a import cap\n\ndef test_cap():\n    assert cap(12) == 10\n    assert cap(3) == 3\n"),
            "Fix the NameError");

        Assert.True(repaired.Result.Changed, repaired.Explain());
        Assert.Contains("+    return min(x, LIMIT)\n", repaired.Diff, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TestsStartProcesses_TheirCodeIsRepaired()
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["tool/__init__.py"] = "",
            ["tool/__main__.py"] = "import sys\n\nfrom tool.sums import add\n\nprint(add(int(sys.argv[1]), int(sys.argv[2])))\n",
            ["tool/sums.py"] = "def add(a, b):\n    return a * b\n",
            ["test_tool.py"] = """
                import subprocess
                import sys


                def test_add():
                    run = subprocess.run([sys.executable, "-m", "tool", "4", "3"], capture_output=True, text=True)
                    assert run.stdout.strip() == "7"
                """,
        };

        var repaired = await fixture.RepairAsync(files, "The tool multiplies");

        Assert.True(repaired.Result.Changed, repaired.Explain());
        Assert.Contains("+    return a + b\n", repaired.Diff, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ConstantOfAModule_IsRepaired()
    {
        var repaired = await fixture.RepairAsync(
            Files("RATES = {'full': 19, 'reduced': 8}\n\n\ndef tax(net, kind='full'):\n    return net * RATES[kind] // 100\n",
                "from a import tax\n\ndef test_reduced():\n    assert tax(1000, 'reduced') == 70\n\ndef test_full():\n    assert tax(1000) == 190\n"),
            "The reduced rate is 7 percent");

        Assert.True(repaired.Result.Changed, repaired.Explain());
        Assert.True(repaired.Tests.Succeeded, repaired.Explain());
    }

    [Fact]
    public async Task Run_TestsLeaveFilesBehind_OnlyThePatchIsLeft()
    {
        var files = Files(
            "def twice(x):\n    # ×2\n    return x - x\n",
            "from a import twice\n\ndef test_it():\n    open('junk.txt', 'w').write('x')\n    open('README', 'a').write('more')\n    assert twice(3) == 6\n    assert twice(-4) == -8\n");
        files["README"] = "Read me.\n";

        var repaired = await fixture.RepairAsync(files, "Fix it", "python3 -m pytest -q test_a.py");

        Assert.True(repaired.Result.Changed, repaired.Explain());
        Assert.Equal(" M a.py\n", repaired.Status);
        Assert.Contains("\n     # ×2\n", repaired.Diff, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CodeThatExhaustsTheMachine_IsStoppedAndRepaired()
    {
        // The base itself is killed at the sandbox's memory limit; candidates hang, end their process, or do the same.
        const string Code = "import time\n\ndef block(x):\n    if x < 0:\n        while True:\n            time.sleep(1)\n    if x > 5:\n        raise SystemExit(0)\n    return [0] * (10 ** (x + 8))\n";

        var repaired = await fixture.RepairAsync(Files(Code, "from a import block\n\ndef test_it():\n    assert len(block(1)) == 10\n"), "Fix it", budgetSeconds: 90);

        output.WriteLine(repaired.Explain());

        // On a busy machine the test may be given up before the kernel gets to it: "does not end by itself".
        Assert.Contains(repaired.Progress, step => step.Message.StartsWith("1 of 1 tests fail; test_a.py::test_it ", StringComparison.Ordinal));
        Assert.True(repaired.Result.Changed, repaired.Explain());
        Assert.True(repaired.Tests.Succeeded, repaired.Explain());
    }

    [Theory]
    [InlineData("python3 -m pytest -q", "os._exit(3)")]
    [InlineData("python3 -m unittest", "os.kill(os.getpid(), 11)")]
    public async Task Run_TestTakesItsProcessWithIt_IsRepaired(string command, string end)
    {
        var repaired = await fixture.RepairAsync(
            Files(
                $"import os\n\n\ndef check(x):\n    if x > 3:\n        {end}\n    return x\n\n\ndef later(x):\n    return x - 2\n",
                """
                import unittest

                from a import check, later


                class Checks(unittest.TestCase):
                    def test_a(self):
                        self.assertEqual(check(1), 1)

                    def test_b(self):
                        self.assertEqual(check(5), 5)
                        self.assertEqual(check(3), 3)

                    def test_c(self):
                        self.assertEqual(later(1), -1)
                """),
            "Numbers above 3 end the program",
            command);

        Assert.True(repaired.Result.Changed, repaired.Explain());
        Assert.True(repaired.Tests.Succeeded, repaired.Explain());
        Assert.EndsWith("test_b", Assert.Single(repaired.Result.TargetTests), StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Files(string code, string tests) =>
        new(StringComparer.Ordinal) { ["a.py"] = code, ["test_a.py"] = tests };

    private static string Changes(Repaired repaired) =>
        string.Join('\n', repaired.Diff.Split('\n').Where(line => line.StartsWith('+') || line.StartsWith('-')));
}
