using CodexService.Agent.Loop;
using CodexService.Agent.Tests.Scripted;
using CodexService.Models;
using Microsoft.Extensions.AI;
using static CodexService.Agent.Tests.Scripted.ScriptedModelCaller;

namespace CodexService.Agent.Tests.Loop;

public sealed class ModelAgentTests
{
    private const string Right = "def add(a, b):\n    return a + b\n";

    private static readonly object Write = new { path = "app.py", content = Right };
    private static readonly object Submit = new { title = "Add instead of subtracting", summary = "The sign was wrong." };

    [Fact]
    public async Task Run_EndsWithWhatTheModelSubmits()
    {
        await using var bench = await AgentBench.WithAsync();
        var model = new ScriptedModelCaller(Calls("view", new { path = "app.py" }), Calls("write", Write), Calls("submit", Submit));

        var result = await bench.RunAsync(model);

        Assert.Equal((true, "Add instead of subtracting", "The sign was wrong."), (result.Changed, result.Title, result.Summary));
        Assert.Equal(Right, bench.Read("app.py"));
        Assert.Contains("return a - b", AgentBench.NewsOf(model.Requests[1]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Transcript_OnlyGrows_WhileItFits()
    {
        await using var bench = await AgentBench.WithAsync();
        var model = new ScriptedModelCaller(Calls("view", new { path = "app.py" }), Says("hm"), Calls("write", Write), Calls("submit", Submit));

        await bench.RunAsync(model);

        for (var i = 1; i < model.Requests.Count; i++)
        {
            var before = model.Requests[i - 1].Messages;
            Assert.Equal(before, model.Requests[i].Messages.Take(before.Count));
        }
    }

    [Fact]
    public async Task SeveralCallsInOneTurn_RunInTheirOrder_AndNoneAfterSubmit()
    {
        await using var bench = await AgentBench.WithAsync();
        var model = new ScriptedModelCaller(Calls(("write", Write), ("view", new { path = "app.py" }), ("submit", Submit), ("write", new { path = "late.py", content = "" })));

        var result = await bench.RunAsync(model);

        Assert.True(result.Changed);
        Assert.Equal(["write app.py", "view app.py", "submit Add instead of subtracting"], bench.Tools.Invoked);
        Assert.Contains("not run", bench.Journal.Recorded[^1].Results![3].Outcome.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task UnreadableCall_IsCorrectedWithTheRightForm_AndNotRun()
    {
        await using var bench = await AgentBench.WithAsync();
        var model = new ScriptedModelCaller(Garbles("view", "no closing brace"), Calls("write", Write), Calls("submit", Submit));

        await bench.RunAsync(model);

        Assert.DoesNotContain("view", string.Join(' ', bench.Tools.Invoked), StringComparison.Ordinal);
        var correction = AgentBench.NewsOf(model.Requests[1]);
        Assert.Contains("no closing brace", correction, StringComparison.Ordinal);
        Assert.Contains("{\"path\":\"", correction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnreadableCall_SaidAsText_IsCorrectedInTheFormOfTheText()
    {
        await using var bench = await AgentBench.WithAsync();
        var model = new ScriptedModelCaller(Garbles("view", "no end tag.\nThe right form: <call name=\"view\"> <path>…</path> </call>"), Calls("submit", Submit));

        await bench.RunAsync(model);

        Assert.EndsWith("This call could not be read: no end tag. The right form: <call name=\"view\"> <path>…</path> </call>", AgentBench.NewsOf(model.Requests[1]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnreadableCall_OfAnUnknownTool_NamesTheTools_AndACutOneAsksForLess()
    {
        await using var bench = await AgentBench.WithAsync();
        var model = new ScriptedModelCaller(Garbles("viev"), Garbles("write", "end of text", ChatFinishReason.Length), Calls("submit", Submit));

        await bench.RunAsync(model);

        Assert.Contains("write, view, plan, submit", AgentBench.NewsOf(model.Requests[1]), StringComparison.Ordinal);
        Assert.Contains("cut off", AgentBench.NewsOf(model.Requests[2]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnswerWithoutCalls_IsNudgedToSubmit_AndTheThirdEndsAsStuck()
    {
        await using var bench = await AgentBench.WithAsync();
        var model = new ScriptedModelCaller(Calls("write", Write), Says("I think it is done."), Says("Really."), Says("Yes."));

        var result = await bench.RunAsync(model);

        Assert.Contains("submit", AgentBench.NewsOf(model.Requests[2]), StringComparison.Ordinal);
        Assert.StartsWith("stuck: 3 answers in a row", result.Summary, StringComparison.Ordinal);
        Assert.Equal((true, "Make add right"), (result.Changed, result.Title));
        Assert.Contains("app.py", result.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SameCallAgainAndAgain_IsNudgedOnce_ThenEnds()
    {
        await using var bench = await AgentBench.WithAsync();
        var model = new ScriptedModelCaller(Calls("view", new { path = "app.py" })) { RepeatsLast = true };

        var result = await bench.RunAsync(model);

        Assert.Equal(5, model.Requests.Count);
        Assert.Contains("going in circles", AgentBench.NewsOf(model.Requests[4]), StringComparison.Ordinal);
        Assert.StartsWith("stuck: the same call with the same result 4 times: view app.py\n", result.Summary, StringComparison.Ordinal);
        Assert.Equal((false, ""), (result.Changed, result.Title));
    }

    [Fact]
    public async Task Submission_WithoutAChange_SaysSo()
    {
        await using var bench = await AgentBench.WithAsync();

        var result = await bench.RunAsync(new ScriptedModelCaller(Calls("submit", Submit)));

        Assert.False(result.Changed);
        Assert.StartsWith("the model submitted without having changed a file\n", result.Summary, StringComparison.Ordinal);
        Assert.Contains("The sign was wrong.", result.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CommittedChange_IsAChange()
    {
        await using var bench = await AgentBench.WithAsync();
        bench.Tools.Hook = async token => await bench.Sandbox.RunAsync(
            new("git -c user.name=t -c user.email=t@example.org commit -aqm done"), token);

        var result = await bench.RunAsync(new ScriptedModelCaller(Calls(("write", Write), ("hook", new { })), Calls("submit", Submit)));

        Assert.True(result.Changed);
    }

    [Fact]
    public async Task ModelFailure_BeforeAnyChange_IsTheTasksError()
    {
        await using var bench = await AgentBench.WithAsync();
        var model = new ScriptedModelCaller(Fails(ModelFailure.Unauthorized, "the key of the model scripted is wrong: set CODEX_MODEL_KEY"));

        var error = await Assert.ThrowsAsync<BrainException>(() => bench.RunAsync(model));

        Assert.Equal("the key of the model scripted is wrong: set CODEX_MODEL_KEY", error.Message);
    }

    [Fact]
    public async Task ModelFailure_AfterAChange_KeepsTheWork()
    {
        await using var bench = await AgentBench.WithAsync();
        var model = new ScriptedModelCaller(Calls("write", Write), Fails(ModelFailure.Silent, "the model scripted went silent for 60 s"));

        var result = await bench.RunAsync(model);

        Assert.True(result.Changed);
        Assert.StartsWith("the model stopped answering: the model scripted went silent for 60 s\n", result.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PromptRefusedAsTooLarge_IsMaskedAndSentAgain()
    {
        await using var bench = await AgentBench.WithAsync(("app.py", new string('x', 12_000)));
        var view = Calls("view", new { path = "app.py" });
        var model = new ScriptedModelCaller(
            view,
            Calls("view", new { path = "none.py" }),
            Calls("plan", new { steps = "1. write" }),
            Calls("write", Write),
            Calls("view", new { path = "app.py" }),
            Fails(ModelFailure.ContextTooSmall, "too large"),
            Calls("submit", Submit));

        var result = await bench.RunAsync(model);

        Assert.True(result.Changed);
        var texts = model.Requests[^1].Messages.SelectMany(message => message.Contents).OfType<FunctionResultContent>().Select(content => (string)content.Result!);
        Assert.Contains("[result of view app.py, 1 line, masked; call again if needed]", texts);
    }

    [Fact]
    public async Task Masking_IsFollowedByPlanAndChangesSoFar_AlsoAfterARescue()
    {
        await using var bench = await AgentBench.WithAsync(("app.py", string.Concat(Enumerable.Repeat("x = 1\n", 2000))));
        var views = Enumerable.Range(0, 7).Select(i => Calls("view", new { path = i % 2 == 0 ? "app.py" : "./app.py", nth = i }));
        var model = new ScriptedModelCaller([Calls(("plan", new { steps = "1. the plan" }), ("write", new { path = "new.py", content = "x" })), .. views, Calls("submit", Submit)]);
        bench.Options.WorkingContextTokens = 12_000;

        await bench.RunAsync(model);

        const string State = "Where you stand:]\nPlan: 1. the plan\nFiles changed so far:\n new: new.py";
        var states = model.Requests.Select(request => request.Messages.Count(message => message.Text.Contains(State, StringComparison.Ordinal))).ToList();
        Assert.Equal(1, states[^1]);
        Assert.All(states, count => Assert.InRange(count, 0, 1));

        // A rescue after the last turn: what was said stays said, and nothing is said twice.
        await using var rescued = await AgentBench.WithAsync(("app.py", bench.Read("app.py")));
        rescued.Options.WorkingContextTokens = 12_000;
        rescued.Journal = new(bench.Journal.Recorded.SkipLast(1));
        var after = new ScriptedModelCaller(Calls("submit", Submit));
        await rescued.RunAsync(after);

        Assert.Equal(model.Requests[^1].Messages.Select(message => message.Text), after.Requests[0].Messages.Select(message => message.Text));
    }

    [Fact]
    public async Task FirstPromptLargerThanTheContext_IsRefusedInOneLine()
    {
        await using var bench = await AgentBench.WithAsync();
        bench.Prompt = new string('p', 40_000);

        var error = await Assert.ThrowsAsync<BrainException>(() => bench.RunAsync(new ScriptedModelCaller { ContextTokens = 8192 }));

        Assert.Matches(@"^the first prompt needs 1\d,\d{3} tokens .* the model scripted takes 8,192: ", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task InstructionsWithoutRoom_AreLeftOut_AndItIsSaid()
    {
        await using var bench = await AgentBench.WithAsync(("AGENTS.md", new string('i', 8000) + "\n"));
        bench.Options.WorkingContextTokens = 3800;

        await bench.RunAsync(new ScriptedModelCaller(Calls("submit", Submit)));

        Assert.Contains(bench.Progress, report => report.Message.Contains("no room", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TemperatureSteps_EachIsHotterUpToOne_AndTold()
    {
        await using var bench = await AgentBench.WithAsync();
        bench.Attempt = 3;
        var temperatures = new List<float?>();
        foreach (var steps in new[] { 0, 1, 7 })
        {
            bench.TemperatureSteps = steps;
            bench.Journal = new();
            var model = new ScriptedModelCaller(Calls("submit", Submit));
            await bench.RunAsync(model);
            temperatures.Add(model.Requests[0].Temperature);
        }

        Assert.Equal(new float?[] { 0.2f, 0.35f, 1f }, temperatures);
        Assert.Equal(temperatures, bench.Progress.Select(report => report.Temperature).Where(temperature => temperature is not null));
    }

    [Fact]
    public async Task Temperature_FixedInTheModelsSettings_IsThatOfEveryAttempt()
    {
        await using var bench = await AgentBench.WithAsync();
        bench.TemperatureSteps = 3;
        var model = new ScriptedModelCaller(Calls("submit", Submit)) { Temperature = 0.6f };
        await bench.RunAsync(model);
        Assert.Equal(0.6f, model.Requests[0].Temperature);
        Assert.Contains(bench.Progress, report => report.Temperature == 0.6f && report.Message == "Asking model scripted at temperature 0.6");
    }

    [Fact]
    public async Task Cancellation_ByTheCaller_FliesUp()
    {
        await using var bench = await AgentBench.WithAsync();
        using var stop = new CancellationTokenSource();
        var model = new ScriptedModelCaller(Calls("write", Write), async (_, token) =>
        {
            await stop.CancelAsync();
            token.ThrowIfCancellationRequested();
            throw new InvalidOperationException("the turn was not told to stop");
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.RunAsync(model, stop.Token));

        Assert.Equal(Right, bench.Read("app.py"));
    }

    [Fact]
    public async Task Progress_TellsEachTurnInOneLine_WithUsageAndPlan()
    {
        await using var bench = await AgentBench.WithAsync();
        await bench.RunAsync(new ScriptedModelCaller(
            Calls("plan", new { steps = "1. change the sign" }),
            Calls(("write", Write), ("view", new { path = "nowhere.py" })),
            Says("So\nit is."),
            Calls("submit", Submit)));

        var turns = bench.Progress.Where(report => report.Message.StartsWith("Turn ", StringComparison.Ordinal)).ToList();
        Assert.Equal(4, turns.Count);
        Assert.Equal(("work", "Turn 2: write app.py; view nowhere.py (failed)"), (turns[1].Stage, turns[1].Message));
        Assert.Equal(("work", "Turn 3: answered without a call: So…"), (turns[2].Stage, turns[2].Message));
        var data = System.Text.Json.JsonSerializer.SerializeToElement(turns[1].Data);
        Assert.Equal((2, 200, "1. change the sign"), (data.GetProperty("turn").GetInt32(), data.GetProperty("input_tokens").GetInt64(), data.GetProperty("plan").GetString()));
    }
}
