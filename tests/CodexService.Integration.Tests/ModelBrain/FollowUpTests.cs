using System.Net;
using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing.ScriptedModels;
using Xunit.Abstractions;
using static CodexService.Integration.Tests.ModelBrain.AddTask;

namespace CodexService.Integration.Tests.ModelBrain;

/// <summary>Rounds after the first: the whole service, with a scripted model behind a real HTTP endpoint.</summary>
public sealed class FollowUpTests(ModelStackFixture fixture, ITestOutputHelper output) : AddTaskTest(fixture, output)
{
    private static readonly ScriptedTurn Plan = ScriptedTurn.Call("plan", new { text = "look at add\ncorrect it" });

    [Fact]
    public async Task FollowUp_OnAPullRequest_IsASecondCommitOnIt_AndKnowsTheEarlierWork()
    {
        await using var model = await ScriptedModelServer.StartAsync(
            View,
            Plan,
            Edit,
            RunTests,
            Submit,
            ScriptedTurn.Call("edit", new { path = "calc.py", old = "def add(a, b):\n", @new = "def add(a, b):\n    \"\"\"The sum of a and b.\"\"\"\n" }),
            RunTests,
            ScriptedTurn.Call("submit", new { title = "Document add", summary = "A docstring for `add`." }));
        await using var stack = With(model);
        var first = await EndAsync(stack, (await stack.Api.SubmitAsync(Submission())).Summary.Id);

        var asked = await PostAsync(stack, $"/api/tasks/{first.Summary.Id}/follow-ups", new { prompt = "Give add a docstring" });
        var task = await EndAsync(stack, first.Summary.Id, asked.LastSeq);

        Assert.Equal((TaskState.Succeeded, first.PullRequest!.Number, first.Branch), (task.Summary.State, task.PullRequest!.Number, task.Branch));
        Assert.NotEqual(first.HeadCommit, task.HeadCommit);
        Assert.Equal(task.HeadCommit, Repository.Git("rev-parse", task.Branch!).Trim());
        Assert.Equal([task.HeadCommit!, first.HeadCommit!], Repository.Git("rev-list", $"main..{task.Branch}").Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(first.HeadCommit, task.BaseCommit);
        Assert.DoesNotContain("return a + b\n+", task.Patch, StringComparison.Ordinal);
        Assert.Equal((0, 1), (task.Verification!.FailToPass.Count, task.Verification.PassToPass));
        Assert.Equal(["add subtracts; make it add", "Give add a docstring"], task.Prompts.Select(prompt => prompt.Text));

        var prompt = string.Join('\n', model.Requests[5].Messages.Select(ScriptedRequest.TextOf));
        foreach (var told in new[] { "Give add a docstring", "Asked last: add subtracts; make it add", "Files changed: calc.py", "`add` subtracted.", "look at add" })
        {
            Assert.Contains(told, prompt, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Continue_AfterALimitOfTwoTurns_EndsVerifiedWithoutAskingAgain()
    {
        await using var model = await ScriptedModelServer.StartAsync(View, Plan, Edit, RunTests, Submit);
        await using var stack = With(model);
        var limited = await EndAsync(stack, (await stack.Api.SubmitAsync(Submission() with { Limits = new TaskLimits(Turns: 2) })).Summary.Id);
        Assert.Equal((TaskState.NoChange, "the budget of 2 turns is used up"), (limited.Summary.State, limited.Summary.Reason));
        Assert.Equal((2, EarlyEnd.Limit), (model.Requests.Count, limited.Attempts.Single().EarlyEnd!.Value));

        var asked = await PostAsync(stack, $"/api/tasks/{limited.Summary.Id}/continue", new { turns = 3 });
        var task = await EndAsync(stack, limited.Summary.Id, asked.LastSeq);

        Assert.Equal(TaskState.Succeeded, task.Summary.State);
        Assert.Equal(5, model.Requests.Count);
        Assert.Equal((5, 5), (task.Limits.Turns, task.Used.Turns));
        Assert.Equal(1, task.Attempts[^1].Continues);
        Assert.Contains("+    return a + b\n", task.Patch, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FollowUp_AfterPartialWork_StartsFromItAndIsVerifiedAgainstTheBase()
    {
        await using var model = await ScriptedModelServer.StartAsync(
            ScriptedTurn.Call("write", new { path = "notes.txt", content = "half done\n" }),
            Edit);
        await using var stack = With(model);
        var partial = await EndAsync(stack, (await stack.Api.SubmitAsync(Submission() with { Limits = new TaskLimits(Turns: 1) })).Summary.Id);
        Assert.Equal(TaskState.NoChange, partial.Summary.State);
        Assert.StartsWith("the budget of 1 turn is used up; of the work until then: the patch was not verified", partial.Summary.Reason, StringComparison.Ordinal);

        // The limit is the task's: the follow-up has two turns of its own only with more.
        var asked = await PostAsync(stack, $"/api/tasks/{partial.Summary.Id}/follow-ups", new { prompt = "Now correct add" });
        var halfway = await EndAsync(stack, partial.Summary.Id, asked.LastSeq);

        Assert.Equal(TaskState.Succeeded, halfway.Summary.State);
        Assert.Equal(partial.BaseCommit, halfway.BaseCommit);
        Assert.Contains("+half done\n", halfway.Patch, StringComparison.Ordinal);
        Assert.Contains("+    return a + b\n", halfway.Patch, StringComparison.Ordinal);
        Assert.Equal(halfway.BaseCommit, Repository.Git("rev-parse", $"{halfway.Branch}^").Trim());
    }

    private static async Task<TaskDetail> PostAsync(StandaloneStack stack, string path, object body)
    {
        using var response = await stack.Api.PostAsync(path, body);
        return await ApiClient.ReadAsync<TaskDetail>(response, HttpStatusCode.OK);
    }
}
