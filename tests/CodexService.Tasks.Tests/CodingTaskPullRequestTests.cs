using CodexService.Contracts.Api;
using CodexService.Contracts.Messages;
using CodexService.Testing;
using static CodexService.Tasks.Tests.Fresh;

namespace CodexService.Tasks.Tests;

public sealed class CodingTaskPullRequestTests
{
    [Fact]
    public void OpenPullRequest_Publishing_EndsTheTaskAsSucceeded()
    {
        var task = Succeeded();
        Assert.Equal((TaskState.Succeeded, PullRequestState.Open), (task.State, task.PullRequest!.State));
        Assert.Equal([TaskEventTypes.PullRequestOpened, TaskEventTypes.TaskFinished], Types(task).TakeLast(2));
    }

    [Fact]
    public void OpenPullRequest_SameHeadAgain_IsHarmless()
    {
        var task = Succeeded();
        var before = task.LastSeq;
        task.OpenPullRequest(TaskServices.PullRequest(task.Id, number: 2), Now);
        Assert.Equal((before, 1), (task.LastSeq, task.PullRequest!.Number));
    }

    [Fact]
    public void OpenPullRequest_NotPublishing_IsRefused()
    {
        foreach (var task in new[] { Queued(), Running().Task, Cancelled() })
        {
            Assert.Throws<TaskConflictException>(() => task.OpenPullRequest(TaskServices.PullRequest(task.Id), Now));
        }

        var succeeded = Succeeded();
        Assert.Throws<TaskConflictException>(() => succeeded.OpenPullRequest(TaskServices.PullRequest(succeeded.Id, head: "3333"), Now));
    }

    [Fact]
    public void FailPublishing_Publishing_FailsAndCanBeRetried()
    {
        var task = Publishing();
        task.FailPublishing("the branch is protected", Now);
        Assert.Equal(TaskState.Failed, task.State);
        Assert.Contains("the branch is protected", task.Reason, StringComparison.Ordinal);
        task.FailPublishing("again", Now);
        Assert.DoesNotContain("again", task.Reason, StringComparison.Ordinal);
        task.Retry();
        Assert.Equal(TaskState.Queued, task.State);
    }

    [Fact]
    public void RequestMerge_Open_AsksForTheMergeOnce()
    {
        var task = Succeeded();
        task.RequestMerge(Now);
        Assert.Equal(PullRequestState.Merging, task.PullRequest!.State);
        Assert.Equal(new MergePullRequest(task.PullRequest.Id), task.NewMessages[^1]);
        Assert.Equal("Pull request #1 cannot be merged: it is merging.", Assert.Throws<TaskConflictException>(() => task.RequestMerge(Now)).Message);
        Assert.Equal("Pull request #1 cannot be closed: it is merging.", Assert.Throws<TaskConflictException>(() => task.ClosePullRequest(Now)).Message);
    }

    [Fact]
    public void Merged_Merging_Ends()
    {
        var task = Succeeded();
        Assert.Throws<TaskConflictException>(() => task.Merged("4444", Now));
        task.RequestMerge(Now);
        task.Merged("4444", Now);
        Assert.Equal((PullRequestState.Merged, "4444", Now), (task.PullRequest!.State, task.PullRequest.MergeCommit, task.PullRequest.ClosedAt));
        Assert.Equal("Pull request #1 cannot be closed: it is merged.", Assert.Throws<TaskConflictException>(() => task.ClosePullRequest(Now)).Message);
    }

    [Fact]
    public void RefuseMerge_Merging_OpensAgainWithTheNote()
    {
        var task = Succeeded();
        Assert.Throws<TaskConflictException>(() => task.RefuseMerge("conflict"));
        task.RequestMerge(Now);
        task.RefuseMerge("the base moved\nand conflicts");
        Assert.Equal((PullRequestState.Open, "the base moved and conflicts"), (task.PullRequest!.State, task.PullRequest.Note));
        task.RequestMerge(Now);
        Assert.Null(task.PullRequest.Note);
    }

    [Fact]
    public void ClosePullRequest_Open_ClosesForGood()
    {
        var task = Succeeded();
        task.ClosePullRequest(Now);
        Assert.Equal((PullRequestState.Closed, Now), (task.PullRequest!.State, task.PullRequest.ClosedAt));
        Assert.Throws<TaskConflictException>(() => task.RequestMerge(Now));
        Assert.Throws<TaskConflictException>(() => task.ClosePullRequest(Now));
    }

    [Fact]
    public void WithoutPullRequest_MergeAndClose_AreRefused()
    {
        Assert.Equal("The task has no pull request.", Assert.Throws<TaskConflictException>(() => Publishing().RequestMerge(Now)).Message);
        Assert.Throws<TaskConflictException>(() => Queued().ClosePullRequest(Now));
    }
}
