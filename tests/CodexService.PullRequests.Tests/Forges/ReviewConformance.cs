using CodexService.Contracts.Api;
using CodexService.PullRequests.Tests.FollowUps;
using CodexService.Tasks.Reviews;
using CodexService.Testing;

namespace CodexService.PullRequests.Tests.Forges;

/// <summary>
/// What comments on lines and requests for changes come to, wherever people write them: the local review's door and a forge's lead to
/// one form of review, one prompt and one follow-up.
/// </summary>
public abstract class ReviewConformance
{
    private static readonly LineSaid[] Everywhere =
    [
        new("Off by one", ReviewSide.New, 12, "+offset = page\n"),
        new("Why both?", ReviewSide.New, 13, "+offset = page\n+limit = 2\n") { StartLine = 12 },
        new("This was needed", ReviewSide.Old, 11, "-offset = 0\n"),
    ];

    private protected abstract ReviewGround Ground { get; }

    private TaskServices Services => Ground.Services;

    [Fact]
    public async Task RequestChanges_WithCommentsOnLines_IsOneReviewAndOneFollowUpWithThem()
    {
        var pull = await Ground.PublishedAsync();

        await Ground.ReviewAsync(pull, new PersonReview("ana", "Name the constant", Everywhere));

        var task = await Services.DetailAsync(pull.TaskId);
        var review = Assert.Single(await Ground.ReviewsAsync(pull));
        Assert.Equal((TaskState.Queued, 2), (task.Summary.State, task.Prompts.Count));
        Assert.Equal(("ana", ReviewEvent.RequestChanges, "Name the constant", 2, ReviewProgress.Working), (review.Author, review.Event, review.Body, review.Round, review.Progress));
        Assert.Equal(
            Everywhere.Select(line => ("src/page.py", line.Side, (int?)line.Line, line.StartLine, line.Body, ReviewCommentState.Open)),
            review.Comments.Select(comment => (comment.Path, comment.Side, comment.Line, comment.StartLine, comment.Body, comment.State)));
        var prompt = task.Prompts[1].Text;
        Assert.StartsWith("ana reviewed the pull request and requests changes: 3 comments on lines.", prompt, StringComparison.Ordinal);
        string[] said = ["Name the constant\n", "1. `src/page.py:12`\n", "2. `src/page.py:12-13`\n", "3. `src/page.py:11` (numbered as before the change)\n", .. Everywhere.Select(line => line.Body), .. Everywhere.Select(line => line.Quote)];
        Assert.All(said, text => Assert.Contains(text, prompt, StringComparison.Ordinal));
    }

    [Fact]
    public async Task RequestChanges_HeardOfSeveralTimes_IsOneFollowUp()
    {
        var pull = await Ground.PublishedAsync();
        var review = new PersonReview("ana", "Name the constant", Everywhere);

        for (var i = 0; i < 3; i++)
        {
            await Ground.ReviewAsync(pull, review);
        }

        Assert.Single(await Ground.ReviewsAsync(pull));
        Assert.Equal(2, (await Services.DetailAsync(pull.TaskId)).Prompts.Count);
    }

    [Fact]
    public async Task Comments_WithoutARequestForChanges_StartNothing()
    {
        var pull = await Ground.PublishedAsync();

        await Ground.ReviewAsync(pull, new PersonReview("ana", "Nice", Everywhere) { RequestsChanges = false });

        var task = await Services.DetailAsync(pull.TaskId);
        Assert.Equal((TaskState.Succeeded, 1), (task.Summary.State, task.Prompts.Count));
    }

    [Fact]
    public async Task RequestChanges_WhileARoundRuns_StartsNoOtherBesideIt()
    {
        var pull = await Ground.PublishedAsync();
        await Ground.ReviewAsync(pull, new PersonReview("ana", "First"));

        await Ground.ReviewAsync(pull, new PersonReview("bo", "Second"));

        var task = await Services.DetailAsync(pull.TaskId);
        Assert.Equal(2, task.Prompts.Count);
        Assert.Single(task.Attempts, attempt => attempt.State is AttemptState.Queued or AttemptState.Running);
    }

    [Fact]
    public async Task RequestChanges_OfAClosedPullRequest_StartsNothing()
    {
        var pull = await Ground.PublishedAsync();
        await Services.Store.ChangeAsync(pull.TaskId, (task, now, _) => task.ClosedOnForge("bo", now), default);

        await Ground.ReviewAsync(pull, new PersonReview("ana", "Too late", Everywhere));

        Assert.Single((await Services.DetailAsync(pull.TaskId)).Prompts);
        Assert.Empty(await Ground.ReviewsAsync(pull));
    }

    [Fact]
    public async Task RequestChanges_InLettersThatNobodySees_ReachesTheModelWithoutThem()
    {
        var pull = await Ground.PublishedAsync();

        await Ground.ReviewAsync(pull, new PersonReview("ana", "Name\u200b the\u202e constant", new LineSaid("Off\u2066 by\u200d one", ReviewSide.New, 12, "+offset = page\n")));

        var prompt = (await Services.DetailAsync(pull.TaskId)).Prompts[1].Text;
        Assert.Contains("Name the constant\n", prompt, StringComparison.Ordinal);
        Assert.Contains("Off by one\n", prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FollowUpWithACommit_AddressesTheCommentsOfItsReview()
    {
        var pull = await Ground.PublishedAsync();
        await Ground.ReviewAsync(pull, new PersonReview("ana", "Name the constant", Everywhere));
        var head = Ground.Commit();

        await Ground.FinishRoundAsync(pull, head);

        var review = Assert.Single(await Ground.ReviewsAsync(pull));
        Assert.Equal((ReviewProgress.Addressed, head), (review.Progress, review.AddressedBy));
        Assert.All(review.Comments, comment => Assert.Equal((ReviewCommentState.Addressed, head), (comment.State, comment.AddressedBy)));
    }

    [Fact]
    public async Task FollowUpWithoutACommit_IsAskedAgainWithTheNextRequest()
    {
        var pull = await Ground.PublishedAsync();
        await Ground.ReviewAsync(pull, new PersonReview("ana", "Name the constant", Everywhere));
        await Ground.EndRoundAsync(pull, "nothing was found");
        Assert.Equal((ReviewProgress.NotAddressed, "nothing was found"), (Assert.Single(await Ground.ReviewsAsync(pull)).Progress, Assert.Single(await Ground.ReviewsAsync(pull)).Reason));

        await Ground.ReviewAsync(pull, new PersonReview("bo", "And the limit"));

        var prompt = (await Services.DetailAsync(pull.TaskId)).Prompts[2].Text;
        Assert.Contains("And the limit\n", prompt, StringComparison.Ordinal);
        Assert.Contains("Still open from an earlier review by ana", prompt, StringComparison.Ordinal);
        Assert.All(Everywhere, line => Assert.Contains(line.Body, prompt, StringComparison.Ordinal));
    }
}

/// <summary>A review as a person writes it.</summary>
internal sealed record PersonReview(string Author, string Body, params LineSaid[] Lines)
{
    /// <summary>Tells reviews apart; the same one may be heard of several times.</summary>
    public Guid Id { get; } = Guid.NewGuid();

    public bool RequestsChanges { get; init; } = true;
}

/// <summary>A comment on a line of <c>src/page.py</c>.</summary>
internal sealed record LineSaid(string Body, ReviewSide Side, int Line, string Quote)
{
    public int? StartLine { get; init; }
}

/// <summary>A task with an open pull request.</summary>
internal sealed record ReviewedPull(Guid TaskId, int Number, string Head);

/// <summary>Pull requests of the service, and people who review them in one of its forges.</summary>
internal abstract class ReviewGround(GitHubWorld world)
{
    public TaskServices Services => World.Services;

    protected GitHubWorld World => world;

    public abstract Task<ReviewedPull> PublishedAsync();

    /// <summary>A person submits a review, and the service has heard of it; whether it takes it is its own matter.</summary>
    public abstract Task ReviewAsync(ReviewedPull pull, PersonReview review);

    public string Commit() => World.Commit();

    public async Task<IReadOnlyList<ReviewInfo>> ReviewsAsync(ReviewedPull pull) =>
        (await Services.Get<ReviewReader>().ListAsync((await Services.DetailAsync(pull.TaskId)).PullRequest!.Number, default))!;

    public Task FinishRoundAsync(ReviewedPull pull, string head) => World.FinishRoundAsync(pull.TaskId, head);

    public async Task EndRoundAsync(ReviewedPull pull, string reason) => await Services.FinishAsync(await World.ClaimAsync(pull.TaskId), AttemptState.NoChange, reason);
}

/// <summary>The dashboard's and the API's reviews of the local forge.</summary>
internal sealed class LocalReviewGround(GitHubWorld world) : ReviewGround(world)
{
    public override async Task<ReviewedPull> PublishedAsync()
    {
        var lease = await Services.SubmitAndClaimAsync();
        await Services.SucceedAsync(lease);
        var (number, head) = (await Services.Store.NextPullRequestNumberAsync(default), World.Commit());
        await Services.Store.ChangeAsync(lease.TaskId, (task, now, _) => task.OpenPullRequest(TaskServices.PullRequest(lease.TaskId, number, head), now), default);
        return new ReviewedPull(lease.TaskId, number, head);
    }

    public override async Task ReviewAsync(ReviewedPull pull, PersonReview review)
    {
        var comments = review.Lines.Select(line => new SubmittedComment("src/page.py", line.Side, line.Line, line.Body, line.Quote) { StartLine = line.StartLine });
        try
        {
            await Services.Get<PullRequestReviews>().SubmitAsync(
                pull.TaskId,
                new SubmittedReview(review.Author, review.RequestsChanges ? ReviewEvent.RequestChanges : ReviewEvent.Comment, review.Body, pull.Head, [.. comments])
                {
                    IdempotencyKey = $"{review.Id:D}",
                    RequestHash = "hash",
                    User = review.Author,
                },
                default);
        }
        catch (Tasks.TaskConflictException)
        {
            // The person sees why.
        }
    }
}

/// <summary>Reviews on GitHub, which come as deliveries.</summary>
internal sealed class GitHubReviewGround(GitHubWorld world) : ReviewGround(world)
{
    private readonly Dictionary<Guid, int> ids = [];

    public override async Task<ReviewedPull> PublishedAsync()
    {
        var (number, head) = (World.Next(), World.Commit());
        return new ReviewedPull(await World.PublishedAsync(number, head), number, head);
    }

    public override async Task ReviewAsync(ReviewedPull pull, PersonReview review)
    {
        if (!ids.TryGetValue(review.Id, out var id))
        {
            ids[review.Id] = id = World.Next();
            World.GitHub.Lines[pull.Number] =
            [
                .. World.GitHub.Lines.GetValueOrDefault(pull.Number) ?? [],
                .. review.Lines.Select(line => ((long)id, GitHubWorld.Comment(World.Next() + 90_000, review.Author, line.Body) with
                {
                    Line = line.Line,
                    StartLine = line.StartLine,
                    Side = line.Side == ReviewSide.Old ? "LEFT" : "RIGHT",
                    DiffHunk = line.Quote,
                })),
            ];
        }

        await World.DeliverAsync("pull_request_review", GitHubWorld.Review(pull.Number, id, review.Author, review.Body, review.RequestsChanges ? "changes_requested" : "commented"));
    }
}

/// <summary>The local review.</summary>
public sealed class LocalReviewConformanceTests(GitHubWorld world) : ReviewConformance, IClassFixture<GitHubWorld>
{
    private protected override ReviewGround Ground { get; } = new LocalReviewGround(world);
}

/// <summary>GitHub.</summary>
public sealed class GitHubReviewConformanceTests(GitHubWorld world) : ReviewConformance, IClassFixture<GitHubWorld>
{
    private protected override ReviewGround Ground { get; } = new GitHubReviewGround(world);
}
