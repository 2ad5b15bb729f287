using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Pending;
using CodexService.PullRequests.Reviewing;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Submission;
using CodexService.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.PullRequests.Tests.Reviewing;

/// <summary>Reviews on their way to GitHub: real PostgreSQL, a GitHub that the test plays.</summary>
public sealed class ReviewPublisherTests : IAsyncLifetime
{
    private static readonly string Head = new('b', 40);
    private readonly PostgresFixture postgres = new();
    private readonly ScriptedGitHub github = new();
    private readonly TestClock clock = new();
    private TaskServices? services;

    private TaskServices Services => services!;

    private ReviewPublisher Publisher => Services.Get<ReviewPublisher>();

    public async Task InitializeAsync() => services = Compose(await postgres.CreateDatabaseAsync());

    public async Task DisposeAsync()
    {
        await Services.DisposeAsync();
        await postgres.DisposeAsync();
    }

    [Fact]
    public async Task Publish_FinishedReview_PostsItWithItsCommentsOnce()
    {
        var id = await FinishedAsync(Review(new ReviewRemark("app.py", 3, ReviewSeverity.Major, "Off by one.") { StartLine = 2, Suggestion = "    x = 1" }));

        await Publisher.PublishAsync(id, default);
        await Publisher.PublishAsync(id, default);

        var (review, posted) = Assert.Single(github.Reviews);
        Assert.Equal(("COMMENT", Head, RepositoryName.Parse("acme/shop")), (posted.Event, posted.CommitId, github.Name));
        var comment = Assert.Single(posted.Comments);
        Assert.Equal(("app.py", 3, 2, "RIGHT", "RIGHT"), (comment.Path, comment.Line, comment.StartLine, comment.Side, comment.StartSide));
        Assert.Equal("<!-- codex:remark -->\n**major**: Off by one.\n\n```suggestion\n    x = 1\n```", comment.Body);
        Assert.StartsWith("Reads well.", posted.Body, StringComparison.Ordinal);
        Assert.Contains($"<!-- codex:review:{id:D} -->", posted.Body, StringComparison.Ordinal);
        Assert.Contains("| `t.py::test_a` | fails at the head, not at the merge base |", posted.Body, StringComparison.Ordinal);
        Assert.Contains("| merge base | `pytest -q` | 0 | 1.20 |", posted.Body, StringComparison.Ordinal);
        Assert.Contains("The change touches tests: `t.py` (modified).", posted.Body, StringComparison.Ordinal);
        Assert.Contains("Comments left out: 1 named no line of the diff, 2 nits.", posted.Body, StringComparison.Ordinal);
        var entry = (await Services.EventsAsync(id)).Single(one => one.Type == TaskEventTypes.ReviewPosted);
        Assert.Equal(review.HtmlUrl, entry.Data!.Value.GetProperty("url").GetString());
        Assert.Empty(await Publisher.WaitingAsync(10, default));
    }

    [Fact]
    public async Task Publish_AnswerLost_AnotherProcessFindsWhatWasPosted()
    {
        var id = await FinishedAsync(Review());
        github.AfterPosting = new InvalidOperationException("killed");
        await Assert.ThrowsAsync<InvalidOperationException>(() => Publisher.PublishAsync(id, default));
        github.AfterPosting = null;
        await using var other = Compose(Services.Database);

        Assert.Equal([id], await other.Get<ReviewPublisher>().WaitingAsync(10, default));
        await other.Get<ReviewPublisher>().PublishAsync(id, default);

        Assert.Single(github.Reviews);
        Assert.Single(await Services.EventsAsync(id), entry => entry.Type == TaskEventTypes.ReviewPosted);
    }

    [Fact]
    public async Task Publish_TwoProcessesAtOnce_PostsOnce()
    {
        var id = await FinishedAsync(Review());
        await using var other = Compose(Services.Database);
        TaskCompletionSource posting = new(), goOn = new();
        github.BeforePosting = () =>
        {
            posting.TrySetResult();
            return goOn.Task;
        };
        var first = Publisher.PublishAsync(id, default);
        await posting.Task;

        github.BeforePosting = null;
        await other.Get<ReviewPublisher>().PublishAsync(id, default);
        goOn.SetResult();
        await first;

        Assert.Single(github.Reviews);
    }

    [Fact]
    public async Task Publish_SomebodyElseUsedOurMarker_PostsAllTheSame()
    {
        var id = await FinishedAsync(Review());
        github.Reviews.Add((new Review(99, $"LGTM <!-- codex:review:{id:D} -->", "APPROVED", "https://example.com/99"), null!));

        await Publisher.PublishAsync(id, default);

        Assert.Equal(2, github.Reviews.Count);
    }

    [Fact]
    public async Task Publish_LinesThatGitHubRefuses_AreListedInTheBody()
    {
        var id = await FinishedAsync(Review(new ReviewRemark("app.py", 3, ReviewSeverity.Nit, "Here."), new ReviewRemark("app.py", 90, ReviewSeverity.Blocker, "There.") { StartLine = 88, Suggestion = "x" }));

        await Publisher.PublishAsync(id, default);

        var posted = Assert.Single(github.Reviews).Posted;
        Assert.Empty(posted.Comments);
        Assert.Contains("- `app.py:3` **nit**: Here.\n- `app.py:88-90` **blocker**: There.\n", posted.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("suggestion", posted.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_HeadThatIsGone_IsPostedOnTheHeadOfNow()
    {
        var id = await FinishedAsync(Review());
        github.Head = new string('c', 40);

        await Publisher.PublishAsync(id, default);

        var posted = Assert.Single(github.Reviews).Posted;
        Assert.Equal(github.Head, posted.CommitId);
        Assert.Contains(Head[..10], posted.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_PassingTrouble_IsTriedAgainWhenItIsTime()
    {
        var id = await FinishedAsync(Review());
        github.Failure = new GitHubException(GitHubFailure.RateLimited, "too many calls") { RetryAfter = TimeSpan.FromMinutes(2) };

        await Publisher.PublishAsync(id, default);
        await Publisher.PublishAsync(id, default);
        Assert.Empty(github.Reviews);
        clock.Advance(TimeSpan.FromMinutes(3));
        await Publisher.PublishAsync(id, default);

        Assert.Single(github.Reviews);
    }

    [Fact]
    public async Task Publish_TroubleThatStays_IsSaidOnceAndGivenUp()
    {
        var id = await FinishedAsync(Review());
        github.Failure = new GitHubException(GitHubFailure.Permission, "the App may not write pull requests: give it that permission");

        await Publisher.PublishAsync(id, default);
        await Publisher.PublishAsync(id, default);

        Assert.Empty(github.Reviews);
        Assert.Empty(await Publisher.WaitingAsync(10, default));
        Assert.Equal(
            "The review was not put on the pull request: the App may not write pull requests: give it that permission",
            (await Services.EventsAsync(id)).Single(entry => entry.Type == TaskEventTypes.ReviewNotPosted).Message);
    }

    [Fact]
    public async Task Publish_RepositoryMadeAnewUnderTheName_GetsNothing()
    {
        var id = await FinishedAsync(Review());
        github.Id = 2;

        await Publisher.PublishAsync(id, default);

        Assert.Empty(github.Reviews);
        Assert.Empty(await Publisher.WaitingAsync(10, default));
        Assert.Equal(
            "The review was not put on the pull request: acme/shop is another repository by now than the one that this task worked on; what was there is left to people",
            (await Services.EventsAsync(id)).Single(entry => entry.Type == TaskEventTypes.ReviewNotPosted).Message);
    }

    [Fact]
    public async Task Publish_RepositoryRenamed_IsPostedUnderItsNewName()
    {
        var id = await FinishedAsync(Review());
        github.FullName = "acme/store";

        await Publisher.PublishAsync(id, default);

        Assert.Single(github.Reviews);
        Assert.Equal(RepositoryName.Parse("acme/store"), github.Name);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Publish_NoPullRequestOrNoGitHub_DoesNothing(bool hasOrigin, bool isConnected)
    {
        var id = await FinishedAsync(Review(), hasOrigin);
        github.Access = isConnected ? GitHubAccess.App : GitHubAccess.None;

        Assert.Empty(await Publisher.WaitingAsync(10, default));
        await Publisher.PublishAsync(id, default);

        Assert.Empty(github.Reviews);
        Assert.DoesNotContain(await Services.EventsAsync(id), entry => entry.Type is TaskEventTypes.ReviewPosted or TaskEventTypes.ReviewNotPosted);
    }

    private static ReviewResult Review(params ReviewRemark[] remarks) => new("Reads well.", remarks, new string('a', 40), Head)
    {
        ReadByModel = true,
        Files = 1,
        AddedLines = 3,
        RemovedLines = 1,
        ChangedTests = [new ChangedTestFile("t.py", TestFileChange.Modified)],
        LeftOut = new ReviewOmissions(OffDiff: 1, Nits: 2),
        Evidence = new ReviewEvidence("1 test newly fails; 4 pass as before", [new CommandReport(0, "before", "pytest -q", 0, 1.2, false, 10), new CommandReport(1, "after", "pytest -q", 1, 1.4, false, 10)])
        {
            NewlyFailing = ["t.py::test_a"],
            StillPassing = 4,
        },
    };

    private async Task<Guid> FinishedAsync(ReviewResult review, bool hasOrigin = true)
    {
        var submitted = await Services.Store.SubmitAsync(
            TaskServices.Submission() with
            {
                Kind = TaskKind.Review,
                HeadRef = "refs/pull/7/head",
                Origin = hasOrigin ? new SubmissionOrigin("acme/shop", 7, IsPullRequest: true, "alice", "https://example.com/acme/shop/pull/7", "A change", null) { RepositoryId = 1 } : null,
            },
            default);
        var lease = (await Services.Leases.ClaimNextAsync("worker", default))!.Lease;
        await Services.Leases.FinishAsync(
            lease,
            new AttemptOutcome(AttemptState.Succeeded, "reviewed", new AttemptResult
            {
                AttemptId = lease.AttemptId,
                TaskId = submitted.TaskId,
                Brain = "model",
                Patch = "",
                Title = "",
                Summary = review.Summary,
                Review = JsonSerializer.Serialize(review, JsonConventions.Options),
            }),
            default);
        return submitted.TaskId;
    }

    private TaskServices Compose(string database) => new(database, collection =>
    {
        collection.AddSingleton<TimeProvider>(clock);
        collection.AddSingleton<IGitHub>(github);
        collection.AddPending();
        collection.AddSingleton<ReviewPublisher>();
    });
}
