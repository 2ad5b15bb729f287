using CodexService.Agent.Journal;
using CodexService.Agent.Loop;
using CodexService.Agent.Prompts;
using CodexService.Agent.Tests.Scripted;
using CodexService.Agent.Tools;
using CodexService.Testing;
using static CodexService.Agent.Tests.Scripted.ScriptedModelCaller;

namespace CodexService.Agent.Tests.Journal;

public sealed class BundleReplayerTests
{
    [Fact]
    public async Task Replay_SameRepository_IsTheSame()
    {
        var bundle = await RecordAsync();
        await using var bench = await AgentBench.WithAsync();

        var calls = await Replayer().ReplayAsync(bundle, bench.Sandbox, CancellationToken.None);

        Assert.All(calls, call => Assert.True(call.Same, $"{call.Call}: {call.Now}"));
        Assert.Equal([1, 2, 3, 4], calls.Select(call => call.Turn));
        Assert.Equal("said: Let me think.", calls[1].Call);
        Assert.Equal("def add(a, b):\n    return a + b\n", bench.Read("app.py"));
    }

    [Fact]
    public async Task Replay_OtherRepository_ShowsWhatTheToolsSayNow()
    {
        var bundle = await RecordAsync();
        await using var bench = await AgentBench.WithAsync(("app.py", "something else\n"));

        var calls = await Replayer().ReplayAsync(bundle, bench.Sandbox, CancellationToken.None);

        Assert.Equal([false, true, false, true], calls.Select(call => call.Same || call.Call.StartsWith("submit", StringComparison.Ordinal)));
        Assert.Contains("something else", calls[0].Now, StringComparison.Ordinal);
        Assert.Contains("return a - b", calls[0].Recorded, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_AttemptThatWasStopped_EndsWhereTheRecordingEnds()
    {
        var whole = await RecordAsync();
        var bundle = whole with { Turns = [.. whole.Turns.Take(3), whole.Turns[3] with { Results = null }] };
        await using var bench = await AgentBench.WithAsync();

        var calls = await Replayer().ReplayAsync(bundle, bench.Sandbox, CancellationToken.None);

        Assert.Equal([1, 2, 3], calls.Select(call => call.Turn));
        Assert.All(calls, call => Assert.True(call.Same));
        Assert.Null(calls[2].Recorded);
    }

    [Fact]
    public async Task CompareOpening_SamePrompts_IsTheSame()
    {
        var bundle = await RecordAsync();
        await using var bench = await AgentBench.WithAsync();

        // The folder of the repository is part of the prompts, and here it is another one each time.
        var moved = bundle with { Turns = [bundle.Turns[0] with { Notes = [.. bundle.Turns[0].Notes.Select(note => note.Replace(recordedIn!, bench.Sandbox.Workspace, StringComparison.Ordinal))] }, .. bundle.Turns.Skip(1)] };
        var opening = await Replayer().CompareOpeningAsync(moved, bench.Sandbox, CancellationToken.None);

        Assert.True(opening.IsSame, string.Join('\n', opening.Lines));
        Assert.True(opening.SameFiles);
    }

    [Fact]
    public async Task CompareOpening_ChangedPromptFile_ShowsItsLines()
    {
        var bundle = await RecordAsync();
        await using var bench = await AgentBench.WithAsync();
        var prompts = new PromptLibrary(new Dictionary<string, string>(StringComparer.Ordinal) { ["system"] = "Be quick.", ["task"] = "{{task}}" });

        var opening = await Replayer(prompts).CompareOpeningAsync(bundle, bench.Sandbox, CancellationToken.None);

        Assert.False(opening.IsSame);
        Assert.False(opening.SameFiles);
        Assert.Contains("+Be quick.", opening.Lines);
        Assert.Contains("-# Task", opening.Lines);
    }

    [Theory]
    [InlineData("1 passed in 0.03s", "1 passed in 12.5 s", true)]
    [InlineData("<f at 0x7f001122aabb>", "<f at 0x7f0011220000>", true)]
    [InlineData("2 passed", "3 passed", false)]
    public void Same_WhatVariesFromRunToRun_DoesNotCount(string now, string then, bool same) => Assert.Equal(same, ReplayComparison.Same(now, then));

    [Theory]
    [InlineData("a\nb\nc", "a\nb\nc", "")]
    [InlineData("a\nb\nc", "a\nx\nc", "-b +x")]
    [InlineData("a\nb\nc\nd", "a\nc\ne\nd", "-b +e")]
    [InlineData("", "a", "- +a")]
    [InlineData("a\nb", "b\na", "-a +a")]
    public void LineDifference_Texts_ShowsWhatDiffers(string before, string after, string lines) =>
        Assert.Equal(lines, string.Join(' ', LineDifference.Of(before, after)));

    private string? recordedIn;

    private async Task<ReplayBundle> RecordAsync()
    {
        await using var bench = await AgentBench.WithAsync();
        recordedIn = bench.Sandbox.Workspace;
        var model = new ScriptedModelCaller(
            Calls("view", new { path = "app.py" }),
            Says("Let me think."),
            Calls("edit", new { path = "app.py", old = "a - b", @new = "a + b" }),
            Calls("submit", new { title = "T", summary = "S" }));

        await new ModelAgent(new SingleModelCatalog(model), Toolboxes(), new PromptLibrary(), Options(), new TestClock())
            .RunAsync(bench.Context() with { TestCommand = "" }, CancellationToken.None);
        return ReplayBundle.From(bench.Journal, bench.Prompt, "", "abc", "");
    }

    private static BundleReplayer Replayer(PromptLibrary? prompts = null) => new(Toolboxes(), prompts ?? new PromptLibrary(), Options(), TimeProvider.System);

    private static ToolboxFactory Toolboxes() => new(Microsoft.Extensions.Options.Options.Create(new ToolboxOptions()));

    private static Microsoft.Extensions.Options.IOptions<AgentOptions> Options() => Microsoft.Extensions.Options.Options.Create(new AgentOptions { RepositoryMapTokens = 0 });
}
