using System.Text.Json;
using CodexService.Agent.Journal;
using CodexService.Agent.Loop;
using CodexService.Agent.Tests.Scripted;
using CodexService.Agent.Tools;
using CodexService.Models;
using Microsoft.Extensions.AI;
using static CodexService.Agent.Tests.Scripted.ScriptedModelCaller;

namespace CodexService.Agent.Tests.Journal;

public sealed class JournalTests
{
    private static readonly object Submit = new { title = "Title", summary = "Done." };

    [Fact]
    public void Record_SurvivesJson()
    {
        var record = new TurnRecord(7)
        {
            Notes = ["a note with\nlines and \"quotes\" ✓"],
            Answer = new ChatMessage(ChatRole.Assistant,
            [
                new TextReasoningContent("thinking"),
                new TextContent("I will edit."),
                new FunctionCallContent("id1", "edit", new Dictionary<string, object?>(StringComparer.Ordinal) { ["path"] = "a.py", ["count"] = 3, ["deep"] = new[] { "x" } }),
                new FunctionCallContent("id2", "view") { Exception = new FormatException("bad") },
            ]),
            Unreadable = new Dictionary<string, string>(StringComparer.Ordinal) { ["id2"] = "bad" },
            CutOff = true,
            Model = "m",
            Usage = new(1, 2, 3, 0.5m),
            Results =
            [
                new TurnResult("id1", new ToolOutcome("done\ttab") { ChangedFiles = true, Line = "edit a.py", Plan = "1. go" }),
                new TurnResult("id2", new ToolOutcome("no", IsError: true) { Waited = true, Submission = new Submission("T", "S") }),
            ],
            Settings = new AttemptSettings("hash", 1, "m", 2, 0.2f, 24_000, new TurnLimits(60, null, 1.5m), ["edit"], "marker"),
        };

        var read = TurnJson.Deserialize(TurnJson.Serialize(record));

        Assert.Equal(TurnJson.Serialize(record), TurnJson.Serialize(read));
        Assert.Equal(record.Results, read.Results);
        Assert.Equal(record.Notes, read.Notes);
        Assert.Equal((record.CutOff, record.Model, record.Usage, "bad"), (read.CutOff, read.Model, read.Usage, read.Unreadable["id2"]));
        Assert.Equal(record.Settings.Limits, read.Settings!.Limits);
        var calls = read.Calls.ToList();
        Assert.Equal(("id1", "edit", "a.py", 3), (calls[0].CallId, calls[0].Name, CodexService.Agent.Context.CallText.Argument(calls[0], "path"), ((JsonElement)calls[0].Arguments!["count"]!).GetInt32()));
        Assert.Equal(CodexService.Agent.Context.CallText.Signature(record.Calls.First()), CodexService.Agent.Context.CallText.Signature(calls[0]));
        Assert.Equal("thinking", read.Answer!.Contents.OfType<TextReasoningContent>().Single().Text);
    }

    [Fact]
    public void ResultMessage_SurvivesJson()
    {
        var message = new ChatMessage(ChatRole.Tool, [new FunctionResultContent("id", "the result")]);

        var read = JsonSerializer.Deserialize<ChatMessage>(JsonSerializer.Serialize(message, AIJsonUtilities.DefaultOptions), AIJsonUtilities.DefaultOptions)!;

        Assert.Equal(("id", "the result"), (Assert.IsType<FunctionResultContent>(read.Contents[0]).CallId, ((FunctionResultContent)read.Contents[0]).Result!.ToString()));
    }

    [Fact]
    public async Task Answer_IsJournalledBeforeItsEffects()
    {
        await using var bench = await AgentBench.WithAsync();
        TurnRecord? seen = null;
        bench.Tools.Hook = _ =>
        {
            seen = bench.Journal.Recorded[^1];
            return Task.CompletedTask;
        };

        await bench.RunAsync(new ScriptedModelCaller(Calls("hook", new { }), Calls("submit", Submit)));

        Assert.Equal((1, "hook", true), (seen!.Number, seen.Calls.Single().Name, seen.Results is null));
        Assert.Equal([0, 1, 2], bench.Journal.Recorded.Select(record => record.Number));
        Assert.NotNull(bench.Journal.Recorded[1].Results);
    }

    [Fact]
    public async Task RescuedAttempt_DoesFinishedTurnsAgain_WithoutAskingTheModel()
    {
        await using var first = await AgentBench.WithAsync();
        using var crash = new CancellationTokenSource();
        var before = new ScriptedModelCaller(
            Calls("plan", new { steps = "1. write" }),
            Says("hm"),
            Calls("write", new { path = "new/file.py", content = "x = 1\n" }),
            async (_, _) =>
            {
                await crash.CancelAsync();
                throw new OperationCanceledException(crash.Token);
            });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.RunAsync(before, crash.Token));

        await using var second = await AgentBench.WithAsync();
        second.Journal = Stored(first.Journal);
        var after = new ScriptedModelCaller(Calls("submit", Submit));
        var result = await second.RunAsync(after);

        Assert.True(result.Changed);
        Assert.Equal("x = 1\n", second.Read("new/file.py"));
        Assert.Equal(["plan", "write new/file.py", "submit Title"], second.Tools.Invoked);
        var asked = Assert.Single(after.Requests);
        Assert.Equal(Texts(before.Requests[^1]), Texts(asked));
        Assert.Equal(4 * UsagePerTurn.InputTokens, UsageOf(second));
    }

    [Fact]
    public async Task RescuedAttempt_KeepsItsRecordedOpening_WhateverTheTemplateIsNow()
    {
        await using var first = await AgentBench.WithAsync();
        first.Template = "bug-fix";
        var before = new ScriptedModelCaller(Fails(ModelFailure.Unreachable, "nobody is there"));
        await Assert.ThrowsAsync<BrainException>(() => first.RunAsync(before));

        await using var second = await AgentBench.WithAsync();
        second.Journal = Stored(first.Journal);
        second.Template = "tests";
        var after = new ScriptedModelCaller(Calls("submit", Submit));
        await second.RunAsync(after);

        Assert.Equal(Texts(before.Requests[0]), Texts(after.Requests[0]));
    }

    [Fact]
    public async Task RescuedAttempt_WithAnUnfinishedTurn_RunsItsRecordedCalls()
    {
        await using var first = await AgentBench.WithAsync();
        using var crash = new CancellationTokenSource();
        first.Tools.Hook = async token =>
        {
            await crash.CancelAsync();
            token.ThrowIfCancellationRequested();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.RunAsync(
            new ScriptedModelCaller(Calls(("write", new { path = "a.py", content = "a" }), ("hook", new { }))), crash.Token));
        Assert.Null(first.Journal.Recorded[^1].Results);

        await using var second = await AgentBench.WithAsync();
        second.Journal = Stored(first.Journal);
        var after = new ScriptedModelCaller(Calls("submit", Submit));
        var result = await second.RunAsync(after);

        Assert.True(result.Changed);
        Assert.Equal(["write a.py", "hook", "submit Title"], second.Tools.Invoked);
        Assert.Contains("hooked", AgentBench.NewsOf(after.Requests[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RescuedAttempt_ThatHadSubmitted_EndsWithoutAModel()
    {
        await using var first = await AgentBench.WithAsync();
        await first.RunAsync(new ScriptedModelCaller(Calls("write", new { path = "a.py", content = "a" }), Calls("submit", Submit)));

        await using var second = await AgentBench.WithAsync();
        second.Journal = Stored(first.Journal);
        var result = await second.RunAsync(new ScriptedModelCaller());

        Assert.Equal((true, "Title", "Done."), (result.Changed, result.Title, result.Summary));
        Assert.Equal("a", second.Read("a.py"));
    }

    [Fact]
    public async Task RescuedAttempt_RemembersItsLimits()
    {
        await using var first = await AgentBench.WithAsync();
        first.Options.MaxTurns = 3;
        using var crash = new CancellationTokenSource();
        var model = new ScriptedModelCaller(Calls("view", new { path = "a" }), async (_, _) =>
        {
            await crash.CancelAsync();
            throw new OperationCanceledException(crash.Token);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.RunAsync(model, crash.Token));

        await using var second = await AgentBench.WithAsync();
        second.Options.MaxTurns = 3;
        second.Journal = Stored(first.Journal);
        var after = new ScriptedModelCaller(Calls("view", new { path = "b" }), Calls("view", new { path = "c" }));
        var result = await second.RunAsync(after);

        Assert.Equal(2, after.Requests.Count);
        Assert.StartsWith("the budget of 3 turns is used up", result.Summary, StringComparison.Ordinal);
    }

    // As it would come from a database.
    private static InMemoryTurnJournal Stored(InMemoryTurnJournal journal) => new(journal.Recorded.Select(record => TurnJson.Deserialize(TurnJson.Serialize(record))));

    private static long UsageOf(AgentBench bench) => bench.Journal.Recorded.Sum(record => record.Usage.InputTokens);

    private static IEnumerable<string> Texts(Models.ModelRequest request) => request.Messages.SelectMany(message => message.Contents).Select(content => content switch
    {
        TextContent text => text.Text,
        FunctionResultContent result => $"{result.Result}",
        FunctionCallContent call => CodexService.Agent.Context.CallText.Signature(call),
        _ => content.GetType().Name,
    });
}
