using System.Net;
using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing;
using CodexService.Testing.ScriptedModels;
using Xunit.Abstractions;
using static CodexService.Integration.Tests.ModelBrain.AddTask;

namespace CodexService.Integration.Tests.ModelBrain;

/// <summary>Conflicts with the base branch, resolved as a round of the task: the whole service and the built-in review, with a scripted model.</summary>
[Collection(ModelStackTests.Name)]
public sealed class ConflictTests(ModelStackFixture fixture, ITestOutputHelper output) : IDisposable
{
    private readonly TestRepository repository = AddTask.Repository();

    [Fact]
    public async Task Resolve_MergeThatConflicts_IsOneCommitWithTwoParentsAndMergesAfterwards()
    {
        await using var model = await ScriptedModelServer.StartAsync(
            View,
            Edit,
            RunTests,
            Submit,

            // The tests pass, and it claims to be done, with the markers left.
            ScriptedTurn.Call("write", new { path = "calc.py", content = "\"\"\"\n<<<<<<< a\n=======\n>>>>>>> b\n\"\"\"\n\n\ndef add(a, b):\n    return a + b\n" }),
            RunTests,
            ScriptedTurn.Call("submit", new { title = "Resolve the conflicts", summary = "All conflicts are resolved." }),
            ScriptedTurn.Call("write", new { path = "calc.py", content = "def add(a, b):\n    return float(a + b)\n" }),
            RunTests,
            ScriptedTurn.Call("submit", new { title = "Keep the float of main and the sum", summary = "Both sides are kept." }));
        await using var stack = fixture.With(model);
        var first = await EndAsync(stack, (await stack.Api.SubmitAsync(new SubmitTaskRequest(repository.Path, "add subtracts; make it add", "python3 -m pytest -q"))).Summary.Id);
        var theirs = repository.Commit("add returns a float", ("calc.py", "def add(a, b):\n    return float(a - b)\n"), ("notes.txt", "theirs\n"));
        var number = first.PullRequest!.Number;

        var refused = await MergeAsync(stack, first.Summary.Id, number, first.LastSeq);
        Assert.Equal((PullRequestState.Open, "calc.py"), (refused.State, Assert.Single(refused.Conflicts)));
        Assert.EndsWith("conflicts with main in calc.py; resolve the conflicts first", refused.Note, StringComparison.Ordinal);

        var id = first.Summary.Id;
        var before = (await stack.Api.TaskAsync(id)).LastSeq;
        using (var asked = await stack.Api.PostAsync($"/api/pull-requests/{number}/resolve-conflicts", new { }))
        {
            Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        }

        var claimed = await EndAsync(stack, id, before);
        Assert.Equal((TaskState.NoChange, "the patch was not verified: conflict markers are left in calc.py"), (claimed.LastRound!.State, claimed.LastRound.Reason));
        Assert.Equal(first.HeadCommit, repository.Git("rev-parse", first.Branch!).Trim());

        using (var retried = await stack.Api.PostAsync($"/api/tasks/{id}/retry", new { }))
        {
            Assert.Equal(HttpStatusCode.OK, retried.StatusCode);
        }

        var task = await EndAsync(stack, id, claimed.LastSeq);

        Assert.Equal(TaskState.Succeeded, task.Summary.State);
        Assert.Equal($"{task.HeadCommit} {first.HeadCommit} {theirs}", repository.Git("rev-list", "--parents", "--max-count=1", task.Branch!).Trim());
        Assert.Equal("def add(a, b):\n    return float(a + b)\n", repository.Git("show", $"{task.Branch}:calc.py"));
        Assert.Equal("theirs\n", repository.Git("show", $"{task.Branch}:notes.txt"));
        Assert.Single(task.Verification!.FailToPass);
        Assert.Empty(task.PullRequest!.Conflicts);
        var prompt = task.Prompts[^1].Text;
        Assert.Contains("    calc.py: both sides changed the same lines", prompt, StringComparison.Ordinal);
        Assert.Contains("add returns a float", prompt, StringComparison.Ordinal);

        var merged = await MergeAsync(stack, id, number, task.LastSeq);
        Assert.Equal(PullRequestState.Merged, merged.State);
        Assert.Equal("def add(a, b):\n    return float(a + b)\n", repository.Git("show", "main:calc.py"));
    }

    /// <inheritdoc />
    public void Dispose() => repository.Dispose();

    private static async Task<PullRequestInfo> MergeAsync(StandaloneStack stack, Guid task, int number, long after)
    {
        using var answer = await stack.Api.PostAsync($"/api/pull-requests/{number}/merge", new { });
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await stack.Api.EventAsync(task, entry => entry.Seq > after && entry.Type is TaskEventTypes.PullRequestMerged or TaskEventTypes.PullRequestMergeRefused && entry.Seq > after);
        return (await stack.Api.TaskAsync(task)).PullRequest!;
    }

    // The end that comes after what is known already: each round has one of its own.
    private async Task<TaskDetail> EndAsync(StandaloneStack stack, Guid id, long after = 0)
    {
        await stack.Api.EventAsync(id, entry => entry.Type == TaskEventTypes.TaskFinished && entry.Seq > after);
        var task = await stack.Api.TaskAsync(id);
        output.WriteLine(task.Summary.Reason ?? "");
        output.WriteLine(stack.Folder.Output());
        return task;
    }
}
