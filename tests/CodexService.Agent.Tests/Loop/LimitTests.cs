using CodexService.Agent.Loop;
using CodexService.Agent.Tests.Scripted;
using static CodexService.Agent.Tests.Scripted.ScriptedModelCaller;

namespace CodexService.Agent.Tests.Loop;

public sealed class LimitTests
{
    private static int unique;

    private static Func<Models.ModelRequest, CancellationToken, Task<Models.ModelAnswer>> WritesSomethingNew =>
        (_, _) => Task.FromResult(Answer([Call("write", new { path = "app.py", content = $"# {Interlocked.Increment(ref unique)}\n" })]));

    public static TheoryData<string, Action<AgentOptions>, string> Limits => new()
    {
        { "turns", options => options.MaxTurns = 10, "the budget of 10 turns is used up" },
        { "tokens", options => options.MaxTokens = 1100, "the budget of 1,100 tokens is used up" },
        { "cost", options => options.MaxCost = 0.1m, "the cost budget of 0.1 is used up" },
    };

    [Theory]
    [MemberData(nameof(Limits))]
    public async Task Limit_IsAnnouncedOnceAtFourFifths_AndEndsWithTheWorkKept(string limit, Action<AgentOptions> set, string line)
    {
        await using var bench = await AgentBench.WithAsync();
        set(bench.Options);
        var model = new ScriptedModelCaller(WritesSomethingNew) { RepeatsLast = true };

        var result = await bench.RunAsync(model);

        Assert.True(model.Requests.Count == 10, $"{limit}: {model.Requests.Count} turns");
        Assert.Equal(8, Assert.Single(Enumerable.Range(0, 10), i => AgentBench.NewsOf(model.Requests[i]).Contains("Finish now", StringComparison.Ordinal)));
        Assert.True(result.Changed);
        Assert.StartsWith(line + "\n", result.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WorkingTimeUsedUp_WhileTheModelThinks_EndsWithTheWorkKept()
    {
        await using var bench = await AgentBench.WithAsync();
        var model = new ScriptedModelCaller(WritesSomethingNew, async (_, token) =>
        {
            var aborted = new TaskCompletionSource();
            await using var registration = token.Register(() => aborted.SetResult());
            bench.Clock.Advance(TimeSpan.FromMinutes(11));
            await aborted.Task;
            throw new OperationCanceledException(token);
        });

        var result = await bench.RunAsync(model);

        Assert.True(result.Changed);
        Assert.StartsWith("the budget of 600 s of working time is used up", result.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TimeThatPeopleTake_IsNoWorkingTime()
    {
        await using var bench = await AgentBench.WithAsync();
        bench.Gate = new Gate(_ =>
        {
            bench.Clock.Advance(TimeSpan.FromHours(1));
            return GateDecision.GoOn;
        });

        var result = await bench.RunAsync(new ScriptedModelCaller(WritesSomethingNew, Calls("submit", new { title = "T", summary = "Done." })));

        Assert.Equal("Done.", result.Summary);
    }

    [Fact]
    public async Task Messages_OfPeople_AreReadBeforeTheNextTurn()
    {
        await using var bench = await AgentBench.WithAsync();
        bench.Gate = new Gate(state => state.NextTurn == 2 ? new GateDecision(["Leave the tests alone."]) : GateDecision.GoOn);
        var model = new ScriptedModelCaller(WritesSomethingNew, Calls("submit", new { title = "T", summary = "Done." }));

        await bench.RunAsync(model);

        Assert.Contains("Leave the tests alone.", AgentBench.NewsOf(model.Requests[1]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_ByPeople_KeepsTheWork()
    {
        await using var bench = await AgentBench.WithAsync();
        bench.Gate = new Gate(state => state is { NextTurn: 2, ChangedFiles: true } ? new GateDecision([], "a person stopped it") : GateDecision.GoOn);

        var result = await bench.RunAsync(new ScriptedModelCaller(WritesSomethingNew));

        Assert.True(result.Changed);
        Assert.StartsWith("stopped: a person stopped it\n", result.Summary, StringComparison.Ordinal);
    }

    private sealed class Gate(Func<TurnState, GateDecision> decide) : ITurnGate
    {
        public ValueTask<GateDecision> BeforeTurnAsync(TurnState state, CancellationToken cancellationToken) => ValueTask.FromResult(decide(state));
    }
}
