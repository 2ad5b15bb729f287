using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Conflicts;
using CodexService.Tasks.PullRequests;
using CodexService.Tasks.Rounds;
using CodexService.Testing;
using static CodexService.Tasks.Tests.Fresh;

namespace CodexService.Tasks.Tests;

public sealed class CodingTaskConflictTests
{
    private static readonly RoundHistory History = new(new HashSet<Guid>(), new Dictionary<Guid, string>(), new Dictionary<Guid, int>());

    [Fact]
    public void ResolveConflicts_OpenPullRequest_StartsFromItsHeadAndTheBasesCommit()
    {
        var task = Succeeded();
        var head = task.PullRequest!.HeadCommit;

        var prompt = task.ResolveConflicts(new FoundConflicts(head, "base", ["a.py", "b\n.py"], "Resolve"), "laptop", History);

        var attempt = task.Attempts[^1];
        Assert.Equal((head, "base", true, "laptop", 2), (attempt.BaseCommit, attempt.MergedCommit, attempt.OnPullRequest, attempt.RequestedBy, attempt.PromptNumber));
        Assert.Equal(("Resolve", head), (prompt.Text, prompt.BaseCommit));
        Assert.Equal(["a.py", "b\n.py"], task.PullRequest.Conflicts);
        Assert.Contains(task.NewEvents, entry => entry.Type == TaskEventTypes.ConflictsFound && entry.Message == "Pull request #1 conflicts with main in a.py, b .py");
    }

    [Fact]
    public void ResolveConflicts_OtherHeadOrClosed_IsRefused()
    {
        var task = Succeeded();
        Assert.Throws<TaskConflictException>(() => task.ResolveConflicts(new FoundConflicts("other", "base", [], "x"), null, History));
        var head = task.PullRequest!.HeadCommit;
        task.ClosePullRequest(Now);
        Assert.Throws<TaskConflictException>(() => task.ResolveConflicts(new FoundConflicts(head, "base", [], "x"), null, History));
        Assert.Contains("resolving conflicts has nothing to build on", Assert.Throws<TaskConflictException>(task.AskForResolution).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Retry_OfAResolution_MergesTheSameCommit_AndFailuresInARowAreCounted()
    {
        var task = Succeeded();
        task.ResolveConflicts(new FoundConflicts(task.PullRequest!.HeadCommit, "base", ["a.py"], "Resolve"), null, History);
        Finish(task, AttemptState.NoChange);
        Assert.Equal(1, task.FailedResolutions);

        task.Retry();
        Assert.Equal("base", task.Attempts[^1].MergedCommit);
        Finish(task, AttemptState.NoChange);
        Assert.Equal(1, task.FailedResolutions);

        task.ResolveConflicts(new FoundConflicts(task.PullRequest.HeadCommit, "next", ["a.py"], "Resolve"), null, History);
        Finish(task, AttemptState.Failed);
        Assert.Equal(2, task.FailedResolutions);
    }

    [Fact]
    public void Conflicts_HeadThatMoves_AreForgotten()
    {
        var task = Succeeded();
        task.RequestMerge(Now);
        task.RefuseMerge("codex/x conflicts with main in a.py", ["a.py"]);
        Assert.Equal(["a.py"], task.PullRequest!.Conflicts);

        task.PushedOnForge("5555", "ana");

        Assert.Empty(task.PullRequest.Conflicts);
    }

    [Fact]
    public void AskForResolution_NoPullRequest_IsRefused() =>
        Assert.Contains("no pull request", Assert.Throws<TaskConflictException>(Queued().AskForResolution).Message, StringComparison.Ordinal);

    private static void Finish(CodingTask task, AttemptState state)
    {
        var lease = task.Claim(task.Attempts[^1].Id, "worker", Now, TimeSpan.FromSeconds(45))!;
        task.FinishAttempt(lease, new AttemptOutcome(state, "not resolved", null), Now);
    }
}
