using System.Net;
using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Repositories;
using CodexService.Integration.Tests.Stack;
using Xunit.Abstractions;

namespace CodexService.Integration.Tests.Standalone;

/// <summary>Changes are requested, nothing can be done about them without a model, and the pull request is merged as it was verified.</summary>
public sealed class RoundWithoutChangeTests(StandaloneFixture fixture, ITestOutputHelper output) : StandaloneTest(fixture, output)
{
    private const string Hint = "Without a model only failing tests can be acted upon; to act on review comments configure CODEX_MODEL_URL and CODEX_MODEL (see docs/models.md)";

    [Fact]
    public async Task RequestChanges_NothingIsFound_WhatWasVerifiedStandsAndIsMerged()
    {
        using var repository = UsersApi.Create();
        var first = await Api.SuccessAsync(await SubmitAsync(repository, prompt: UsersApi.Prompt));
        var pull = $"/api/pull-requests/{first.PullRequest!.Number}";
        using var sent = await Api.PostAsync($"{pull}/reviews", new SubmitReviewRequest(ReviewEvent.RequestChanges, "Name the constant.", null, first.HeadCommit));
        Assert.Equal(2, (await ApiClient.ReadAsync<ReviewInfo>(sent, HttpStatusCode.Created)).Round);
        var asked = await Api.EventAsync(first.Summary.Id, entry => entry.Type == TaskEventTypes.ReviewSubmitted);
        var end = await Api.EventAsync(first.Summary.Id, entry => entry.Type == TaskEventTypes.TaskFinished && entry.Seq > asked.Seq);

        var task = await Api.TaskAsync(first.Summary.Id);
        AssertStands(first, task);
        Assert.Equal((PullRequestState.Open, AttemptState.NoChange), (task.PullRequest!.State, task.Attempts[1].State));
        Assert.EndsWith(Hint, task.LastRound!.Reason, StringComparison.Ordinal);
        Assert.Equal($"Round 2: nothing changed; pull request #{task.PullRequest.Number} stays as it was", end.Message);
        var checkout = Assert.Single(await Api.LogAsync(task.Summary.Id), entry => entry is { Attempt: 2, Type: TaskEventTypes.StageStarted } && entry.Message.StartsWith("Checking out", StringComparison.Ordinal));
        Assert.Equal($"Checking out {first.Branch}, the pull request's branch, of {repository.Path}", checkout.Message);
        using var reviews = await Api.GetAsync($"{pull}/reviews");
        var review = Assert.Single(await ApiClient.ReadAsync<ReviewInfo[]>(reviews, HttpStatusCode.OK));
        Assert.Equal((2, ReviewProgress.NotAddressed, task.LastRound.Reason), (review.Round, review.Progress, review.Reason));

        using var approved = await Api.PostAsync($"{pull}/merge");
        Assert.Equal(HttpStatusCode.Accepted, approved.StatusCode);
        await Api.EventAsync(task.Summary.Id, entry => entry.Type == TaskEventTypes.PullRequestMerged);

        var merged = await Api.TaskAsync(task.Summary.Id);
        AssertStands(first, merged);
        Assert.Equal(PullRequestState.Merged, merged.PullRequest!.State);
        using var patch = await Api.GetAsync($"/api/tasks/{task.Summary.Id}/patch");
        Assert.Equal(first.Patch, await patch.Content.ReadAsStringAsync());
        repository.Git("checkout", "--quiet", "-b", "applied", first.BaseCommit!);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, merged.Patch);
            repository.Git("apply", "--index", file);
        }
        finally
        {
            File.Delete(file);
        }

        Assert.Equal(repository.Git("rev-parse", $"{merged.PullRequest.MergeCommit}^{{tree}}"), repository.Git("write-tree"));
    }

    private static void AssertStands(TaskDetail before, TaskDetail now)
    {
        Assert.Equal((TaskState.Succeeded, (string?)null, before.Patch, before.BaseCommit), (now.Summary.State, now.Summary.Reason, now.Patch, now.BaseCommit));
        Assert.Equal((before.HeadCommit, before.ResultSummary, true), (now.HeadCommit, now.ResultSummary, now.Verification!.Verified));
        Assert.Equal(1, Assert.Single(now.Attempts, attempt => attempt.IsChosen).Number);
        Assert.Equal((2, TaskState.NoChange), (now.LastRound!.Number, now.LastRound.State));
    }
}
