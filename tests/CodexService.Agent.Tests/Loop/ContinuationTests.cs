using CodexService.Agent.Journal;
using CodexService.Agent.Loop;
using CodexService.Agent.Tests.Scripted;
using static CodexService.Agent.Tests.Scripted.ScriptedModelCaller;

namespace CodexService.Agent.Tests.Loop;

/// <summary>Attempts that take over the turns of one that ended early, with more to use.</summary>
public sealed class ContinuationTests
{
    private static readonly object Submit = new { title = "Title", summary = "Done." };

    [Fact]
    public async Task AddedTurns_AfterTheLimit_GoOnWithoutAskingAgainForWhatIsDone()
    {
        var ended = await EndedAsync(2, Write("a"), Write("b"));

        await using var bench = await ContinuingAsync(ended, added: 1);
        bench.Options.MaxTurns = 2;
        var after = new ScriptedModelCaller(Calls("submit", Submit));
        var result = await bench.RunAsync(after);

        Assert.Equal(("Done.", "b", null), (result.Summary, bench.Read("app.py"), result.Interruption));
        Assert.Contains("lets you go on, up to turn 3", AgentBench.NewsOf(Assert.Single(after.Requests)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limit_Reached_IsNamedAndToldAsAnInterruption()
    {
        await using var bench = await AgentBench.WithAsync();
        bench.Limits = new TurnLimits(2, null, null);
        var result = await bench.RunAsync(new ScriptedModelCaller(Write("a"), Write("b")));
        Assert.Equal(new Interruption(InterruptionKind.Limit, "the budget of 2 turns is used up"), result.Interruption);
    }

    [Fact]
    public async Task StuckEnding_InTakenOverTurns_EndsNothingAndIsTold()
    {
        var ended = await EndedAsync(60, [.. Enumerable.Repeat(Says("Let me think."), 3)]);
        Assert.Equal(3, ended.Recorded[^1].Number);

        await using var bench = await ContinuingAsync(ended, added: 5);
        var after = new ScriptedModelCaller(Write("a"), Calls("submit", Submit));
        var result = await bench.RunAsync(after);

        Assert.Equal("Done.", result.Summary);
        Assert.Contains("you went in circles: 3 answers in a row", AgentBench.NewsOf(after.Requests[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submission_InTakenOverTurns_EndsNothing()
    {
        var ended = await EndedAsync(60, Write("a"), Calls("submit", Submit));

        await using var bench = await ContinuingAsync(ended, added: 5);
        var after = new ScriptedModelCaller(Write("b"), Calls("submit", new { title = "Again", summary = "Done again." }));
        var result = await bench.RunAsync(after);

        Assert.Equal(("Done again.", "b"), (result.Summary, bench.Read("app.py")));
        Assert.Contains("You had submitted this work", AgentBench.NewsOf(after.Requests[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Continuation_RescuedAfterItsFirstOwnTurn_SaysToTheModelWhatItHadSaid()
    {
        var ended = await EndedAsync(60, Calls("view", new { path = "app.py" }), Says("Hm."), Says("Hm."), Says("Hm."));
        await using var first = await ContinuingAsync(ended, added: 5);
        using var crash = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.RunAsync(
            new ScriptedModelCaller(Write("a"), async (_, _) =>
            {
                await crash.CancelAsync();
                throw new OperationCanceledException(crash.Token);
            }),
            crash.Token));

        await using var undisturbed = await ContinuingAsync(ended, added: 5);
        var whole = new ScriptedModelCaller(Write("a"), Calls("submit", Submit));
        await undisturbed.RunAsync(whole);
        await using var rescued = await ContinuingAsync(first.Journal, added: 5);
        var rest = new ScriptedModelCaller(Calls("submit", Submit));
        var result = await rescued.RunAsync(rest);

        Assert.Equal("Done.", result.Summary);
        Assert.Equal(whole.Requests[1].Messages.Select(message => message.Text), rest.Requests[0].Messages.Select(message => message.Text));
    }

    [Fact]
    public async Task OwnUsage_OfAContinuation_LeavesOutWhatItTookOver()
    {
        var ended = await EndedAsync(2, Write("a"), Write("b"));
        await using var bench = await ContinuingAsync(ended, added: 5);
        await bench.RunAsync(new ScriptedModelCaller(Write("c"), Calls("submit", Submit)));
        Assert.Equal([100L, 200L], bench.Progress.Where(report => report.Usage is not null).Select(report => report.Usage!.InputTokens));
        Assert.Equal(4, bench.Journal.Recorded[0].Settings!.InheritedTurns + 2);
    }

    [Fact]
    public async Task UserBudget_NearAndUsedUp_IsToldOnceAndEndsWithTheWorkKept()
    {
        await using var bench = await AgentBench.WithAsync();
        var asked = 0;
        bench.UserBudget = new Budget(() => ++asked switch
        {
            1 => UserStanding.Free,
            2 or 3 => new UserStanding(0.85, "850 of 1,000 tokens", null),
            _ => new UserStanding(1, "1,000 of 1,000 tokens", "The budget of alice is used up"),
        });
        var model = new ScriptedModelCaller(Write("a"), Write("b"), Write("c"));

        var result = await bench.RunAsync(model);

        Assert.Equal(new Interruption(InterruptionKind.Limit, "The budget of alice is used up"), result.Interruption);
        Assert.True(result.Changed);
        Assert.Equal(1, Assert.Single(Enumerable.Range(0, 3), i => AgentBench.NewsOf(model.Requests[i]).Contains("850 of 1,000 tokens", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task CallsWithoutAnAnswer_ThatReportedUsage_AreCounted()
    {
        await using var bench = await AgentBench.WithAsync();
        var journal = new CountingJournal();
        bench.JournalToUse = journal;
        var model = new ScriptedModelCaller(
            (request, _) =>
            {
                request.Unanswered!(new Models.ModelUsage(7, 0, 0, 0));
                return Task.FromResult(Answer([Call("write", new { path = "app.py", content = "a" })]));
            },
            (request, _) =>
            {
                request.Unanswered!(new Models.ModelUsage(40, 0, 2, 0.1m));
                throw new Models.ModelException(Models.ModelFailure.Garbled, "It broke off.");
            });

        var result = await bench.RunAsync(model);

        Assert.Equal(InterruptionKind.NoAnswer, result.Interruption!.Kind);
        Assert.Equal(107, journal.Inner.Recorded[1].Usage.InputTokens);
        Assert.Equal([(2, new Models.ModelUsage(40, 0, 2, 0.1m))], journal.Unanswered);
    }

    private static Func<Models.ModelRequest, CancellationToken, Task<Models.ModelAnswer>> Write(string content) => Calls("write", new { path = "app.py", content });

    private static async Task<InMemoryTurnJournal> EndedAsync(int turns, params Func<Models.ModelRequest, CancellationToken, Task<Models.ModelAnswer>>[] answers)
    {
        await using var bench = await AgentBench.WithAsync();
        bench.Options.MaxTurns = turns;
        await bench.RunAsync(new ScriptedModelCaller(answers));
        return bench.Journal;
    }

    // As the database hands the copied turns over.
    private static async Task<AgentBench> ContinuingAsync(InMemoryTurnJournal journal, int added)
    {
        var bench = await AgentBench.WithAsync();
        bench.Journal = new(journal.Recorded.Select(record => TurnJson.Deserialize(TurnJson.Serialize(record))));
        bench.InheritedTurns = journal.Recorded[0].Settings!.InheritedTurns is > 0 and var inherited ? inherited : journal.Recorded[^1].Number;
        bench.Added = new TurnLimits(added, null, null);
        return bench;
    }

    private sealed class Budget(Func<UserStanding> standing) : IUserBudget
    {
        public ValueTask<UserStanding> StandingAsync(CancellationToken cancellationToken) => ValueTask.FromResult(standing());
    }

    private sealed class CountingJournal : ITurnJournal
    {
        public InMemoryTurnJournal Inner { get; } = new();

        public List<(int Turn, Models.ModelUsage Usage)> Unanswered { get; } = [];

        public IReadOnlyList<TurnRecord> Recorded => Inner.Recorded;

        public ValueTask AppendAsync(TurnRecord record, CancellationToken cancellationToken) => Inner.AppendAsync(record, cancellationToken);

        public ValueTask CountUnansweredAsync(int number, Models.ModelUsage usage, CancellationToken cancellationToken)
        {
            Unanswered.Add((number, usage));
            return ValueTask.CompletedTask;
        }
    }
}
