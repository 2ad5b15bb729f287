using CodexService.Agent.Journal;
using CodexService.Agent.Loop;
using CodexService.Agent.Tests.Scripted;
using CodexService.Models;
using Microsoft.Extensions.AI;
using static CodexService.Agent.Tests.Scripted.ScriptedModelCaller;

namespace CodexService.Agent.Tests.Loop;

/// <summary>People between the turns: pause, messages, approval of the plan, and the same again after a crash.</summary>
public sealed class SteeringTests
{
    private static readonly object Write = new { path = "app.py", content = "done\n" };
    private static readonly object Submit = new { title = "Title", summary = "Done." };
    private static readonly object Plan = new { steps = "1. write app.py" };

    [Fact]
    public async Task Pause_ParksBetweenTwoTurns_AndGoesOnFromTheJournal()
    {
        await using var first = await AgentBench.WithAsync();
        var gate = new ScriptedGate(_ => GateDecision.GoOn, _ => new GateDecision(["read me later"]) { Pause = true, ReadThrough = 1 });
        first.Gate = gate;
        var parked = await first.RunAsync(new ScriptedModelCaller(Calls("write", Write)));

        Assert.Equal((null, 0), (parked.Parking!.Plan, parked.Parking.MessagesRead));
        Assert.StartsWith("paused by a person", parked.Summary, StringComparison.Ordinal);
        Assert.True(parked.Changed);

        await using var second = await GoOnAsync(first, new ScriptedGate(_ => new GateDecision(["read me later"]) { ReadThrough = 1 }));
        var after = new ScriptedModelCaller(Calls("submit", Submit));
        var result = await second.RunAsync(after);

        Assert.Null(result.Parking);
        Assert.Equal((true, "done\n"), (result.Changed, second.Read("app.py")));
        Assert.EndsWith("Message from the person you work for:\nread me later", AgentBench.NewsOf(after.Requests[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_IsParkedForApproval_AndTheEditedPlanIsWhatTheModelFollows()
    {
        await using var first = await AgentBench.WithAsync();
        first.ApprovePlan = true;
        var before = new ScriptedModelCaller(Calls("view", new { path = "app.py" }), Calls(("plan", Plan), ("write", Write), ("submit", Submit)));
        var parked = await first.RunAsync(before);

        Assert.Equal("1. write app.py", parked.Parking!.Plan);
        Assert.False(parked.Changed);
        Assert.Equal(["view app.py", "plan"], first.Tools.Invoked);
        Assert.All(first.Journal.Recorded[^1].Results!.Skip(1), refused => Assert.StartsWith("The plan has not been approved yet", refused.Outcome.Text, StringComparison.Ordinal));
        Assert.Contains("approves your plan before any file changes", string.Concat(before.Requests[0].Messages.Select(message => message.Text)), StringComparison.Ordinal);

        await using var second = await GoOnAsync(first, new ScriptedGate(_ => new GateDecision([]) { ApprovedPlan = "1. write app.py\n2. submit" }));
        var after = new ScriptedModelCaller(Calls("write", Write), Calls("submit", Submit));
        var result = await second.RunAsync(after);

        Assert.Equal((true, null), (result.Changed, result.Parking));
        Assert.Equal(["view app.py", "plan", "write app.py", "submit Title"], second.Tools.Invoked);
        Assert.EndsWith("Follow it as it stands here:\n1. write app.py\n2. submit", AgentBench.NewsOf(after.Requests[0]), StringComparison.Ordinal);
        Assert.DoesNotContain("approved this plan", AgentBench.NewsOf(after.Requests[1]), StringComparison.Ordinal);
        Assert.Equal(before.Requests[0].Tools.Select(tool => tool.Name), after.Requests[0].Tools.Select(tool => tool.Name));
    }

    [Fact]
    public async Task Plan_AnsweredWithAMessage_IsRevisedAndWaitsAgain()
    {
        await using var first = await AgentBench.WithAsync();
        first.ApprovePlan = true;
        await first.RunAsync(new ScriptedModelCaller(Calls("plan", Plan)));

        await using var second = await GoOnAsync(first, new ScriptedGate(_ => new GateDecision(["smaller"]) { ReadThrough = 1 }, _ => new GateDecision([]) { ReadThrough = 1 }));
        var parked = await second.RunAsync(new ScriptedModelCaller(Calls(("plan", new { steps = "1. less" }), ("write", Write))));

        Assert.Equal(("1. less", 1), (parked.Parking!.Plan, parked.Parking.MessagesRead));
        Assert.DoesNotContain("write app.py", second.Tools.Invoked);
    }

    [Fact]
    public async Task Plan_MessageForAnotherAttempt_IsReadPastAndThePlanStillWaits()
    {
        await using var bench = await AgentBench.WithAsync();
        bench.ApprovePlan = true;
        bench.Gate = new ScriptedGate(_ => GateDecision.GoOn, _ => new GateDecision([]) { ReadThrough = 1 });

        var parked = await bench.RunAsync(new ScriptedModelCaller(Calls("plan", Plan)));

        Assert.Equal(("1. write app.py", 1), (parked.Parking!.Plan, parked.Parking.MessagesRead));
    }

    [Fact]
    public async Task Question_Paused_IsParkedAndNotEnded()
    {
        await using var bench = await AgentBench.WithAsync();
        bench.IsQuestion = true;
        bench.Gate = new ScriptedGate(_ => GateDecision.GoOn, _ => new GateDecision([]) { Pause = true });

        var parked = await bench.RunAsync(new ScriptedModelCaller(Calls("view", new { path = "app.py" })));

        Assert.NotNull(parked.Parking);
        Assert.Null(parked.Answer);
    }

    [Fact]
    public async Task Plan_CrashAfterTheProposal_WaitsAgainWithoutAskingTheModel()
    {
        await using var first = await AgentBench.WithAsync();
        first.ApprovePlan = true;
        await first.RunAsync(new ScriptedModelCaller(Calls("plan", Plan)));

        await using var second = await GoOnAsync(first, ITurnGate.Open);
        var parked = await second.RunAsync(new ScriptedModelCaller());

        Assert.Equal("1. write app.py", parked.Parking!.Plan);
    }

    [Fact]
    public async Task Submission_WithoutAPlan_IsRefusedWithOneLineThatSaysWhatToDo()
    {
        await using var bench = await AgentBench.WithAsync();
        bench.ApprovePlan = true;
        var model = new ScriptedModelCaller(Calls("submit", Submit), Says("What now?"), Calls("plan", Plan));

        var parked = await bench.RunAsync(model);

        Assert.NotNull(parked.Parking);
        Assert.Equal(PlanApproval.NotYet, AgentBench.NewsOf(model.Requests[1]));
        Assert.DoesNotContain('\n', PlanApproval.NotYet);
        Assert.Contains("call plan with your steps for approval", AgentBench.NewsOf(model.Requests[2]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approval_GivenBeforeTheCrash_IsNotAskedForAgain_AndRefusedCallsStayUndone()
    {
        await using var first = await AgentBench.WithAsync();
        first.ApprovePlan = true;
        await first.RunAsync(new ScriptedModelCaller(Calls(("write", new { path = "early.py", content = "" }), ("plan", Plan))));
        await using var second = await GoOnAsync(first, new ScriptedGate(_ => new GateDecision([]) { ApprovedPlan = "1. go" }, _ => GateDecision.GoOn));
        using var crash = new CancellationTokenSource();
        var before = new ScriptedModelCaller(Calls("write", Write), async (_, _) =>
        {
            await crash.CancelAsync();
            throw new OperationCanceledException(crash.Token);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.RunAsync(before, crash.Token));

        // The database still says that the plan is approved; the model has read it.
        await using var third = await GoOnAsync(second, new ScriptedGate(_ => new GateDecision([]) { ApprovedPlan = "1. go" }));
        var after = new ScriptedModelCaller(Calls("submit", Submit));
        var result = await third.RunAsync(after);

        Assert.Equal((true, "done\n"), (result.Changed, third.Read("app.py")));
        Assert.Equal(["plan", "write app.py", "submit Title"], third.Tools.Invoked);
        Assert.Equal(Texts(before.Requests[^1]), Texts(after.Requests[0]));
    }

    [Fact]
    public async Task Message_AnsweredBeforeTheCrash_IsNotReadAgain_OneThatWasNotAnsweredIs()
    {
        await using var first = await AgentBench.WithAsync();
        using var crash = new CancellationTokenSource();
        first.Gate = new ScriptedGate(_ => new GateDecision(["one"]) { ReadThrough = 1 }, _ => new GateDecision(["two"]) { ReadThrough = 2 });
        var before = new ScriptedModelCaller(Calls("write", Write), async (_, _) =>
        {
            await crash.CancelAsync();
            throw new OperationCanceledException(crash.Token);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.RunAsync(before, crash.Token));

        var read = -1;
        await using var second = await GoOnAsync(first, new ScriptedGate(state =>
        {
            read = state.MessagesRead;
            return new GateDecision(["two"]) { ReadThrough = 2 };
        }));
        var after = new ScriptedModelCaller(Calls("submit", Submit));
        await second.RunAsync(after);

        Assert.Equal(1, read);
        Assert.Equal(Texts(before.Requests[^1]), Texts(after.Requests[0]));
        Assert.Single(Texts(after.Requests[0]), text => text.EndsWith("\none", StringComparison.Ordinal));
        Assert.Equal(2, second.Journal.Recorded[^1].Heard!.ReadThrough);
    }

    [Fact]
    public async Task RecordOfAnEarlierVersion_HasHeardNothing()
    {
        var read = TurnJson.Deserialize(TurnJson.Serialize(new TurnRecord(1)).Replace("\"heard\":null,", "", StringComparison.OrdinalIgnoreCase));
        Assert.Null(read.Heard);
        var told = new TurnRecord(2) { Heard = new GateDecision(["m"]) { ReadThrough = 3, ApprovedPlan = "p" } };
        var back = TurnJson.Deserialize(TurnJson.Serialize(told)).Heard!;
        Assert.Equal(("m", 3, "p"), (Assert.Single(back.Messages), back.ReadThrough, back.ApprovedPlan));
        var bundle = new ReplayBundle(1, new AttemptSettings("h", 1, "m", 1, 0, 1, new TurnLimits(1, null, null), [], "x"), "", "", "", [told], "");
        Assert.Equal("p", (await new ReplayedTurnGate(bundle).BeforeTurnAsync(new TurnState(2, null, false, ModelUsage.None), CancellationToken.None)).ApprovedPlan);
        Assert.Same(GateDecision.GoOn, await new ReplayedTurnGate(bundle).BeforeTurnAsync(new TurnState(3, null, false, ModelUsage.None), CancellationToken.None));
    }

    [Fact]
    public async Task WorkingTime_OfEarlierClaimsCounts_WaitingDoesNot()
    {
        await using var first = await AgentBench.WithAsync();
        first.UsedTime = TimeSpan.FromMinutes(4);
        first.Gate = new ScriptedGate(_ =>
        {
            first.Clock.Advance(TimeSpan.FromHours(3));
            return GateDecision.GoOn;
        }, _ => new GateDecision([]) { Pause = true });
        var parked = await first.RunAsync(new ScriptedModelCaller((_, _) =>
        {
            first.Clock.Advance(TimeSpan.FromMinutes(5));
            return Task.FromResult(Answer([Call("write", Write)]));
        }));
        Assert.Equal(TimeSpan.FromMinutes(9), parked.Parking!.UsedTime);

        await using var second = await GoOnAsync(first, ITurnGate.Open);
        second.UsedTime = TimeSpan.FromMinutes(10);
        Assert.StartsWith("the budget of 600 s of working time is used up", (await second.RunAsync(new ScriptedModelCaller())).Summary, StringComparison.Ordinal);
    }

    private static async Task<AgentBench> GoOnAsync(AgentBench before, ITurnGate gate)
    {
        var bench = await AgentBench.WithAsync();
        bench.Journal = new InMemoryTurnJournal(before.Journal.Recorded.Select(record => TurnJson.Deserialize(TurnJson.Serialize(record))));
        bench.ApprovePlan = before.ApprovePlan;
        bench.Gate = gate;
        return bench;
    }

    private static IEnumerable<string> Texts(ModelRequest request) => request.Messages.SelectMany(message => message.Contents).Select(content => content switch
    {
        TextContent text => text.Text,
        FunctionResultContent result => $"{result.Result}",
        FunctionCallContent call => CodexService.Agent.Context.CallText.Signature(call),
        _ => content.GetType().Name,
    });

    /// <summary>Says what the test wrote down, the last of it again and again.</summary>
    private sealed class ScriptedGate(params Func<TurnState, GateDecision>[] decisions) : ITurnGate
    {
        private int next;

        public ValueTask<GateDecision> BeforeTurnAsync(TurnState state, CancellationToken cancellationToken) =>
            ValueTask.FromResult(decisions[Math.Min(next++, decisions.Length - 1)](state));
    }
}
