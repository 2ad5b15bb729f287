using System.Text;
using CodexService.Agent.Journal;
using CodexService.Agent.Tests.Scripted;
using static CodexService.Agent.Tests.Scripted.ScriptedModelCaller;

namespace CodexService.Agent.Tests.Journal;

public sealed class ReplayTests
{
    [Fact]
    public async Task Bundle_ReplaysOffline_ToTheSameFilesAndResult()
    {
        await using var recorded = await AgentBench.WithAsync();
        var before = await recorded.RunAsync(WithDetours());
        var bundle = await StoredAsync(ReplayBundle.From(recorded.Journal, recorded.Prompt, "pytest", "abc", "diff"));

        await using var bench = await AgentBench.WithAsync();
        var model = new ReplayedModelCaller(bundle);
        var after = await bench.RunAsync(model);

        Assert.Equal((before.Changed, before.Title, before.Summary), (after.Changed, after.Title, after.Summary));
        Assert.Equal("a = 2\n", bench.Read("app.py"));
        Assert.Empty(model.Differences);
        Assert.True(model.IsFinished);
        Assert.Equal(("diff", "pytest", 64), (bundle.Patch, bundle.TestCommand, bundle.Settings.PromptHash.Length));
    }

    [Fact]
    public async Task Replay_WithToolsThatAnswerDifferently_NamesTheDifference()
    {
        await using var recorded = await AgentBench.WithAsync();
        await recorded.RunAsync(WithDetours());
        var bundle = ReplayBundle.From(recorded.Journal, recorded.Prompt, "pytest", "", "");

        await using var bench = await AgentBench.WithAsync(("app.py", "something else\n"));
        var model = new ReplayedModelCaller(bundle);
        await bench.RunAsync(model);

        Assert.Equal("turn 1: view app.py: something else…, recorded: def add(a, b):…", Assert.Single(model.Differences));
    }

    [Theory]
    [InlineData("no json", "this is not a replay bundle: line 1 cannot be read")]
    [InlineData("{}", "this is not a replay bundle: format, settings or the opening are missing")]
    public async Task Read_WhatIsNoBundle_SaysSo(string text, string message)
    {
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => ReplayBundle.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), CancellationToken.None));

        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Bundle_OfAnAttemptWithoutTurns_SaysSo()
    {
        var error = Assert.Throws<InvalidOperationException>(() => ReplayBundle.From(new InMemoryTurnJournal(), "p", "t", "", ""));

        Assert.Contains("no turns", error.Message, StringComparison.Ordinal);
    }

    private static ScriptedModelCaller WithDetours() => new(
        Calls("view", new { path = "app.py" }),
        Garbles("write"),
        Says("Let me think."),
        Calls("write", new { path = "app.py", content = "a = 2\n" }),
        Calls("submit", new { title = "T", summary = "S" }));

    private static async Task<ReplayBundle> StoredAsync(ReplayBundle bundle)
    {
        var stream = new MemoryStream();
        await bundle.WriteAsync(stream, CancellationToken.None);
        stream.Position = 0;
        return await ReplayBundle.ReadAsync(stream, CancellationToken.None);
    }
}
