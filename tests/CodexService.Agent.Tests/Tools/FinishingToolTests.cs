using CodexService.Agent.Tools;

namespace CodexService.Agent.Tests.Tools;

public abstract class FinishingToolTests(ToolSandboxes sandboxes) : ToolTest(sandboxes)
{
    private const string Submit = """{"title": "Fix it", "summary": "Done."}""";

    [Fact]
    public async Task RunTests_KnownRunner_EndsWithCountsAndNames()
    {
        TestCommand = "python3 -m unittest -q";
        await PutAsync("test_a.py", """
            import unittest
            class T(unittest.TestCase):
                def test_good(self):
                    pass
                def test_bad(self):
                    self.assertEqual(1, 2)
            """);

        var outcome = await CallAsync("run_tests", "{}");

        Assert.False(outcome.IsError);
        Assert.True(outcome.Waited);
        Assert.StartsWith("$ python3 -m unittest -q\n", outcome.Text, StringComparison.Ordinal);
        Assert.Contains("\n\nexit code 1; 1 passed, 1 failed; failing: test_bad (test_a.T", outcome.Text, StringComparison.Ordinal);
        Assert.EndsWith("exit code 0; 1 passed, 0 failed", (await CallAsync("run_tests", """{"tests": "test_a.T.test_good"}""")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunTests_OfAnUnknownRunner_CannotBeNarrowed()
    {
        TestCommand = "make check";

        var outcome = await CallAsync("run_tests", """{"tests": "a"}""");

        Assert.True(outcome.IsError);
        Assert.StartsWith("run_tests: this test command cannot be narrowed", outcome.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunTests_LongOutput_KeepsMoreOfItsEnd()
    {
        TestCommand = "seq 1 100000; exit 2";

        var text = (await CallAsync("run_tests", "{}")).Text;

        Assert.EndsWith("\n100000\n\nexit code 2", text, StringComparison.Ordinal);
        var cut = text.IndexOf(" lines cut …", StringComparison.Ordinal);
        Assert.InRange(cut, 1000, 2000);
    }

    [Fact]
    public async Task Submit_WithoutAChange_IsRefusedOnce()
    {
        await PutAsync("a.txt", "a\n");
        await CommitAsync();

        var first = await CallAsync("submit", Submit);
        Assert.Null(first.Submission);
        Assert.StartsWith("Nothing was changed yet", first.Text, StringComparison.Ordinal);
        Assert.Equal(new Submission("Fix it", "Done."), (await CallAsync("submit", Submit)).Submission);
    }

    [Fact]
    public async Task Submit_WithUntestedChange_IsRefusedOnce()
    {
        await PutAsync("a.txt", "a\n");
        await CommitAsync();
        await CallAsync("edit", """{"path": "a.txt", "old": "a", "new": "b"}""");

        Assert.StartsWith("The tests were not run.", (await CallAsync("submit", Submit)).Text, StringComparison.Ordinal);
        Assert.NotNull((await CallAsync("submit", Submit)).Submission);
    }

    [Fact]
    public async Task Submit_AfterTests_SeesChangesByAnyTool()
    {
        await PutAsync("a.txt", "a\n");
        await CommitAsync();
        await CallAsync("edit", """{"path": "a.txt", "old": "a", "new": "b"}""");
        await CallAsync("run_tests", "{}");
        await CallAsync("shell", """{"command": "echo c > c.txt"}""");

        Assert.StartsWith("Files changed after the last run", (await CallAsync("submit", Submit)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_TestedChange_IsAcceptedAtOnceEvenWhenCommitted()
    {
        await PutAsync("a.txt", "a\n");
        await CommitAsync();
        await CallAsync("write", """{"path": "a.txt", "content": "b\n"}""");
        await CallAsync("run_tests", "{}");
        await CallAsync("shell", """{"command": "git -c user.name=t -c user.email=t@t commit -qam change"}""");

        var outcome = await CallAsync("submit", """{"title": "Fix\n it\u202e", "summary": "Done."}""");

        Assert.Equal("Fix  it", outcome.Submission!.Title);
    }
}

public sealed class LocalFinishingToolTests() : FinishingToolTests(new LocalSandboxes());

public sealed class DockerFinishingToolTests() : FinishingToolTests(new DockerSandboxes());
