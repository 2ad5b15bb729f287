using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Reviews;
using CodexService.Testing.GitHub;

namespace CodexService.PullRequests.Tests.Reporting;

/// <summary>Answers to comments on lines, once their follow-up has ended.</summary>
[Collection(ReportingCollection.Name)]
public sealed class ThreadAnswersTests(ReportingServers servers) : ReportingTest(servers)
{
    [Fact]
    public async Task ReportAsync_FollowUpPublished_AnswersEachThreadWithItsCommit()
    {
        var (task, first) = await SucceededAsync();
        var asked = await ReviewAsync(task, first, "Name it better", "And here");
        await ReportAsync(task);
        Assert.Equal(2, (await ThreadsAsync()).Count);

        await VerifyAsync(await ClaimAsync(task));
        var second = await PublishAsync(task);
        await ReportAsync(task);
        await ReportAsync(task);

        var answers = (await ThreadsAsync()).Where(comment => comment.AnswerTo is not null).ToList();
        Assert.Equal(asked.Order(), answers.Select(answer => answer.AnswerTo!.Value).Order());
        Assert.All(answers, answer => Assert.EndsWith($"\nAddressed in {second}.\n\n> The offset was one page short.\n", answer.Body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ReportAsync_FollowUpEndsWithoutACommit_SaysWhyAndLaterWhich()
    {
        var (task, first) = await SucceededAsync();
        await ReviewAsync(task, first, "Name it better");
        await Services.FinishAsync(await ClaimAsync(task), AttemptState.NoChange, "no change passed the tests");
        await ReportAsync(task);
        var answer = Assert.Single(await ThreadsAsync(), comment => comment.AnswerTo is not null);
        Assert.Contains("Not addressed, nothing was changed: no change passed the tests", answer.Body, StringComparison.Ordinal);

        await Services.Store.ChangeAsync(task, (current, _, _) => current.Retry(), default);
        await VerifyAsync(await ClaimAsync(task));
        var second = await PublishAsync(task);
        await ReportAsync(task);

        Assert.Contains($"Addressed in {second}", Assert.Single(await ThreadsAsync(), comment => comment.AnswerTo is not null && comment.Body != answer.Body).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReportAsync_KilledAroundAnAnswer_AnswersOnce()
    {
        var (task, first) = await SucceededAsync();
        await ReviewAsync(task, first, "Name it better", "And here");
        await VerifyAsync(await ClaimAsync(task));
        await PublishAsync(task);

        await ReportThroughDeathsAsync(task);

        Assert.True((await StoredAsync(task)).Settled);
        Assert.Equal(2, (await ThreadsAsync()).Count(comment => comment.AnswerTo is not null));
    }

    [Fact]
    public async Task ReportAsync_CommentDeletedMeanwhile_GoesOnWithTheOthers()
    {
        var (task, first) = await SucceededAsync();
        var asked = await ReviewAsync(task, first, "Name it better", "And here");
        await Emulator.SendAsync("writer", HttpMethod.Delete, $"repos/{Repository}/pulls/comments/{asked[0]}");
        await VerifyAsync(await ClaimAsync(task));
        await PublishAsync(task);

        await ReportAsync(task);

        Assert.Equal(asked[1], Assert.Single(await ThreadsAsync(), comment => comment.AnswerTo is not null).AnswerTo);
        Assert.Null((await StoredAsync(task)).Problem);
    }

    // A person's review that requests changes, on GitHub and as the delivery of it stores it.
    private async Task<IReadOnlyList<long>> ReviewAsync(Guid task, string head, params string[] remarks)
    {
        await Emulator.SendAsync(
            "writer",
            HttpMethod.Post,
            $"repos/{Repository}/pulls/{Pull}/reviews",
            new { commit_id = head, body = "Two remarks", @event = "COMMENT", comments = remarks.Select(remark => new { path = "app.py", line = 1, side = "RIGHT", body = remark }) });
        var comments = await ThreadsAsync();
        var review = new SubmittedReview(
            "writer",
            ReviewEvent.RequestChanges,
            "Two remarks",
            head,
            [.. comments.Select(comment => new SubmittedComment("app.py", ReviewSide.New, 1, comment.Body, "") { ForgeId = $"{comment.Id}" })])
        {
            ForgeId = "1",
        };
        await Services.Get<PullRequestReviews>().SubmitAsync(task, review, default);
        return [.. comments.Select(comment => comment.Id)];
    }

    private async Task<IReadOnlyList<(long Id, string Body, long? AnswerTo)>> ThreadsAsync()
    {
        return
        [
            .. (await Emulator.SendAsync("writer", HttpMethod.Get, $"repos/{Repository}/pulls/{Pull}/comments?per_page=100")).EnumerateArray()
                .Select(comment => (
                    comment.GetProperty("id").GetInt64(),
                    comment.GetProperty("body").GetString()!,
                    comment.TryGetProperty("in_reply_to_id", out var to) && to.ValueKind == System.Text.Json.JsonValueKind.Number ? to.GetInt64() : (long?)null)),
        ];
    }
}
