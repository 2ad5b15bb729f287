using System.Net;
using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Repositories;
using Xunit.Abstractions;

namespace CodexService.Integration.Tests.Standalone;

/// <summary>From the prompt to the merged pull request.</summary>
public sealed class ReviewTests(StandaloneFixture fixture, ITestOutputHelper output) : StandaloneTest(fixture, output)
{
    [Fact]
    public async Task Task_Approved_IsMergedIntoTheCheckedOutBase()
    {
        using var repository = UsersApi.Create();
        await File.WriteAllTextAsync(Path.Combine(repository.Path, "notes.txt"), "mine");
        var before = repository.Git("rev-parse", "main").Trim();

        var task = await Api.SuccessAsync(await SubmitAsync(repository, prompt: UsersApi.Prompt));
        Assert.Equal(before, task.BaseCommit);
        Assert.Equal(before, repository.Git("rev-parse", "main").Trim());
        repository.AssertPublishedOnce(task.Branch!, task.HeadCommit!);

        var number = task.PullRequest!.Number;
        using (var approved = await Api.PostAsync($"/api/pull-requests/{number}/merge"))
        {
            Assert.Equal(HttpStatusCode.Accepted, approved.StatusCode);
        }

        await Api.EventAsync(task.Summary.Id, entry => entry.Type == TaskEventTypes.PullRequestMerged);
        var pull = (await Api.TaskAsync(task.Summary.Id)).PullRequest!;
        Assert.Equal(PullRequestState.Merged, pull.State);
        Assert.Equal(pull.MergeCommit, repository.Git("rev-parse", "main").Trim());
        Assert.Equal($"{before} {task.HeadCommit}", repository.Git("log", "-1", "--format=%P", "main").Trim());
        Assert.Contains(UsersApi.FixedLine, await File.ReadAllTextAsync(Path.Combine(repository.Path, "app", "pagination.py")), StringComparison.Ordinal);
        Assert.Equal("?? notes.txt", repository.Git("status", "--porcelain").Trim());

        using var again = await Api.PostAsync($"/api/pull-requests/{number}/merge");
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public async Task Cancel_InTheMiddle_StopsAndRemovesTheSandbox()
    {
        using var repository = Unfixable.SlowSearch();
        var id = await SubmitAsync(repository, timeoutSeconds: 300);
        await Api.StageAsync(id, "localize", "search");
        using (var cancelled = await Api.PostAsync($"/api/tasks/{id}/cancel"))
        {
            Assert.Equal(HttpStatusCode.OK, cancelled.StatusCode);
        }

        var task = await Api.EndAsync(id);
        Assert.Equal((TaskState.Cancelled, "stopped by a person"), (task.Summary.State, task.Summary.Reason));
        Assert.Equal(AttemptState.Cancelled, task.Attempts.Single().State);
        Assert.Empty(repository.CodexBranches());
        using var again = await Api.PostAsync($"/api/tasks/{id}/cancel");
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }
}
