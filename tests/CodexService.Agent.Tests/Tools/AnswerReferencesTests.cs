using CodexService.Agent.Tools;

namespace CodexService.Agent.Tests.Tools;

public sealed class AnswerReferencesTests
{
    [Theory]
    [InlineData("see app/users.py:12", "app/users.py:12")]
    [InlineData("`app/users.py:12-20`, and app/a.py:3.", "app/users.py:12-20 app/a.py:3")]
    [InlineData("[the cut](app/users.py:12) and [`b.py:1`](b.py#L1-L4)", "app/users.py:12 b.py:1 b.py:1-4")]
    [InlineData("(./app/users.py:12)", "app/users.py:12")]
    [InlineData("/workspace/app/users.py:12:5", "app/users.py:12")]
    [InlineData("`with space/a b.py:2` [x](<with space/c d.py:3>)", "with space/a b.py:2 with space/c d.py:3")]
    [InlineData("src/grüße.ts:7–9", "src/grüße.ts:7-9")]
    [InlineData("app/a.py:1 app/a.py:1 app/a.py:2", "app/a.py:1 app/a.py:2")]
    [InlineData("../../etc/passwd.txt:1", "../../etc/passwd.txt:1")]
    [InlineData("a.py:0 a.py:99999999999", "a.py:0 a.py:2147483647")]
    [InlineData("at 12:30 on 10.0.0.1:80, http://localhost:8080/x.py:3x, std::map, 3:4", "")]
    [InlineData("```\nFile \"a.py\", line 3\ntests/t.py:9: AssertionError\n```", "tests/t.py:9")]
    [InlineData("Makefile:3 and step:4", "Makefile:3? step:4?")]
    [InlineData("<script>a.py:3</script>", "a.py:3")]
    public void Find_Text_GivesItsPlaces(string text, string places) => Assert.Equal(
        places,
        string.Join(' ', AnswerReferences.Find(text, "/workspace").Select(place => $"{place.Path}:{place.Line}{(place.EndLine is { } end ? $"-{end}" : "")}{(place.IsCertain ? "" : "?")}")));

    [Fact]
    public void Find_HugeAnswer_IsBounded()
    {
        var text = string.Concat(Enumerable.Range(1, 50_000).Select(i => $"a{i}.py:{i} `"));
        Assert.Equal(AnswerReferences.Most, AnswerReferences.Find(text, "/workspace").Count);
        Assert.Empty(AnswerReferences.Find(new string('`', 200_000) + new string('[', 100_000) + new string('a', 200_000), "/workspace"));
    }
}

public sealed class AnswerToolTests() : ToolTest(new LocalSandboxes())
{
    [Fact]
    public async Task Submit_PlacesThatExist_AreTakenAsStructuredData()
    {
        await ReadyAsync();

        var submission = (await AnswerAsync("In `src/a.py:2-3`, `Makefile:1`, not at step:4.")).Submission!;

        Assert.Equal("In `src/a.py:2-3`, `Makefile:1`, not at step:4.", submission.Summary);
        Assert.Equal([new FileReference("src/a.py", 2, 3, true), new FileReference("Makefile", 1, null, true)], submission.References);
    }

    [Fact]
    public async Task Submit_WrongPlaces_AreSentBackTwiceAndThenMarked()
    {
        await ReadyAsync();
        const string Answer = "src/a.py:3, src/a.py:4, src/b.py:1, src:1.py:1, src/a.py:3-2, ../x.py:1";

        var first = await AnswerAsync(Answer);
        var second = await AnswerAsync(Answer);
        var third = await AnswerAsync(Answer);

        Assert.True(first.IsError);
        Assert.Null(first.Submission);
        Assert.Contains("\n- src/a.py:4: the file has 3 lines\n- src/b.py:1: there is no such file\n", first.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("- src/a.py:3:", first.Text, StringComparison.Ordinal);
        Assert.Null(second.Submission);
        Assert.Equal([true, false, false, false, false], third.Submission!.References!.Where(one => one.Path != "1.py").Select(one => one.Exists));
    }

    [Fact]
    public async Task Submit_FilesThatCommandsMadeOrCutSince_DoNotCount()
    {
        await ReadyAsync();
        await CallAsync("shell", ("command", "seq 9 > new.py; : > src/a.py; git add -A; git -c user.name=x -c user.email=x@x commit -qm x"));

        Assert.Contains("new.py:1: there is no such file", (await AnswerAsync("new.py:1")).Text, StringComparison.Ordinal);
        Assert.True((await AnswerAsync("src/a.py:3")).Submission!.References!.Single().Exists);
    }

    [Fact]
    public async Task Submit_NamesWithQuotesAndSpaces_AreLookedUpAsTheyAre()
    {
        await PutAsync("it's $(touch x) a.py", "1\n2");
        await CommitAsync();
        Options.ReadOnly = true;

        Assert.True((await AnswerAsync("`it's $(touch x) a.py:2`")).Submission!.References!.Single().Exists);
        Assert.Equal("", await RunAsync("ls x 2>/dev/null || true"));
    }

    [Fact]
    public async Task Submit_NoReferences_IsTaken()
    {
        await ReadyAsync();
        Assert.Equal([], (await AnswerAsync("It does not.")).Submission!.References);
        Assert.True((await AnswerAsync(" \n")).IsError);
    }

    private async Task ReadyAsync()
    {
        await PutAsync("src/a.py", "1\n2\n3");
        await PutAsync("Makefile", "all:\n");
        await CommitAsync();
        Options.ReadOnly = true;
        TestCommand = "";
        await ToolboxAsync();
    }

    private Task<ToolOutcome> AnswerAsync(string answer) => CallAsync("submit", ("answer", answer));
}
