using CodexService.Contracts.Api;
using CodexService.PullRequests.FollowUps;
using CodexService.PullRequests.Pending;
using CodexService.Repositories;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.FollowUps;
using CodexService.Tasks.PullRequests;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Tests.FollowUps;

/// <summary>Several pushes to the base of one pull request, in every order with what else happens. GitHub is a fake, git is real.</summary>
public sealed class ConflictRowsTests(GitHubWorld world) : IClassFixture<GitHubWorld>
{
    private TaskServices Services => world.Services;

    private PendingFollowUps Pending => Services.Get<PendingFollowUps>();

    [Fact]
    public async Task Push_ManyWhileTheTaskRuns_AreOneLookAndOneRound()
    {
        using var ground = await GroundAsync();
        await world.DeliverAsync("pull_request_review", GitHubWorld.Review(ground.Number, world.Next(), "ana", "Name it"));
        var lease = await world.ClaimAsync(ground.Task);
        for (var push = 0; push < 5; push++)
        {
            await Pending.LookForConflictsAsync(await PullAsync(ground.Task), world.Commit(), world.Clock.GetUtcNow(), default);
        }

        Assert.Single(await ConflictsAsync(ground.Task), asked => asked.State == PendingState.Collecting);
        await Services.Leases.FinishAsync(lease, new AttemptOutcome(AttemptState.NoChange, "nothing to do", null), default);
        await world.LookAsync();
        Assert.Equal(3, (await Services.DetailAsync(ground.Task)).Prompts.Count);
        await FailAsync(ground.Task);

        Assert.Equal(3, (await Services.DetailAsync(ground.Task)).Prompts.Count);
    }

    [Fact]
    public async Task Begin_SeveralLooksThatSawTheSame_AreOneRound()
    {
        using var ground = await GroundAsync();
        await FindAsync(ground.Task);
        await FindAsync(ground.Task);

        await world.LookAsync();
        await FailAsync(ground.Task);

        Assert.Equal(2, (await Services.DetailAsync(ground.Task)).Prompts.Count);
        Assert.DoesNotContain(await ConflictsAsync(ground.Task), asked => asked.State is PendingState.Waiting or PendingState.Collecting);
    }

    [Fact]
    public async Task Begin_ConflictsThatARoundWasAtSinceTheyWereFound_AreNotTriedAgain()
    {
        using var ground = await GroundAsync();
        await FindAsync(ground.Task);
        await world.LookAsync();
        var lease = await world.ClaimAsync(ground.Task);

        // A second look, as another process may have had in the same moment.
        await FindAsync(ground.Task, direct: true);
        await Services.Leases.FinishAsync(lease, new AttemptOutcome(AttemptState.NoChange, "conflict markers are left in a.py", null), default);
        await world.LookAsync();
        await world.LookAsync();

        Assert.Equal(2, (await Services.DetailAsync(ground.Task)).Prompts.Count);
        Assert.Contains(await ConflictsAsync(ground.Task), asked => asked.Outcome == "resolving the conflicts with this commit of the base was tried before");
    }

    [Fact]
    public async Task Begin_APersonAsksForConflictsThatWereFound_AreTriedHoweverOften()
    {
        using var ground = await GroundAsync();
        await FindAsync(ground.Task);
        await world.LookAsync();
        await FailAsync(ground.Task);
        await FindAsync(ground.Task, direct: true);

        await Pending.AskForResolutionAsync(ground.Task, "laptop", default);
        await world.LookAsync();

        Assert.Equal(3, (await Services.DetailAsync(ground.Task)).Prompts.Count);
    }

    [Fact]
    public async Task TellEnd_LaterRoundPublishedToo_SaysNothingOfTheResolvedConflicts()
    {
        using var ground = await GroundAsync();
        await FindAsync(ground.Task);
        await world.LookAsync();
        await world.FinishRoundAsync(ground.Task, world.Commit());

        // Before anybody looked, people asked for more, and that was published as well.
        await world.DeliverAsync("pull_request_review", GitHubWorld.Review(ground.Number, world.Next(), "ana", "Name it"));
        await world.FinishRoundAsync(ground.Task, world.Commit());
        await world.LookAsync();

        var end = Assert.Single(await world.PendingAsync(ground.Task), asked => asked.Kind == PendingKind.ConflictEnd);
        Assert.Equal((PendingState.Dropped, "the conflicts are resolved"), (end.State, end.Outcome));
        Assert.False(world.GitHub.Said.ContainsKey(ground.Number));
    }

    [Fact]
    public async Task Look_AnotherProcessIsAtTheTask_LeavesItsConflictsToThat()
    {
        using var ground = await GroundAsync();
        await Pending.LookForConflictsAsync(await PullAsync(ground.Task), world.Commit(), world.Clock.GetUtcNow(), default);
        await using (await DatabaseLock.TryTakeAsync(Services.Contexts, $"task:{ground.Task:N}", default))
        {
            await world.LookAsync();
            Assert.False(world.GitHub.Asked.ContainsKey(ground.Number));
        }

        await world.LookAsync();

        Assert.Equal((1, 2), (world.GitHub.Asked[ground.Number], (await Services.DetailAsync(ground.Task)).Prompts.Count));
    }

    [Fact]
    public async Task Look_FruitlessFixBeforeAConflictRound_IsToldWhenThatEndsWithoutAnotherHead()
    {
        using var ground = await GroundAsync();
        var (head, run) = ((await PullAsync(ground.Task)).HeadCommit, world.Next());
        world.GitHub.Runs[head] = [new(run, "build", head, "completed", "failure", null)];
        await world.DeliverAsync("check_run", GitHubWorld.Check(run, head));
        await world.LookAsync();
        await Pending.LookForConflictsAsync(await PullAsync(ground.Task), world.Commit(), world.Clock.GetUtcNow(), default);
        await FailAsync(ground.Task);
        Assert.Equal(3, (await Services.DetailAsync(ground.Task)).Prompts.Count);

        await FailAsync(ground.Task);
        await world.LookAsync();

        Assert.Single(world.GitHub.Said[ground.Number], comment => comment.Body!.StartsWith("A person has to look at the failing checks", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Collect_AHundredThatCannotBeWorkedOn_DoNotStandBeforeTheRest()
    {
        var (busy, free) = (world.Next(), world.Next());
        var head = world.Commit();
        var running = await world.PublishedAsync(busy, world.Commit());
        await world.DeliverAsync("pull_request_review", GitHubWorld.Review(busy, world.Next(), "ana", "Name it"));
        var ended = await world.PublishedAsync(free, head);
        for (var i = 0; i < 101; i++)
        {
            await Pending.AddAsync(Asked(running, PendingKind.Check, due: null), default);
            await Pending.AddAsync(Asked(ended, PendingKind.Conflict, world.Clock.GetUtcNow().AddMinutes(1)), default);
        }

        world.GitHub.Runs[head] = [new(world.Next(), "build", head, "completed", "failure", null)];
        await world.DeliverAsync("check_run", GitHubWorld.Check(world.Next(), head));
        await world.LookAsync();

        Assert.Equal(2, (await Services.DetailAsync(ended)).Prompts.Count);
    }

    private PendingFollowUp Asked(Guid task, PendingKind kind, DateTimeOffset? due) => new()
    {
        TaskId = task,
        Repository = "acme/shop",
        Key = $"test:{world.Next()}",
        Kind = kind,
        HeadCommit = "2222222222222222222222222222222222222222",
        Content = kind == PendingKind.Check ? "3" : "{}",
        DueAt = due,
    };

    private async Task FindAsync(Guid task, bool direct = false)
    {
        await Pending.LookForConflictsAsync(await PullAsync(task), world.Commit(), world.Clock.GetUtcNow(), default);
        var asked = (await ConflictsAsync(task)).Single(one => one.State == PendingState.Collecting);
        if (!direct)
        {
            await Services.Get<ConflictResolutions>().CollectAsync(asked, default);
            return;
        }

        var (head, tip) = await SeenAsync(task);
        await Pending.ConflictsFoundAsync(asked.Id, new() { Found = new(head, tip, ["a.py"], "Resolve them") }, default);
    }

    private async Task<(string Head, string Tip)> SeenAsync(Guid task)
    {
        await using var db = await Services.Contexts.CreateDbContextAsync();
        var attempt = await db.Attempts.Where(one => one.TaskId == task && one.MergedCommit != null).OrderBy(one => one.Number).LastAsync();
        return ((await PullAsync(task)).HeadCommit, attempt.MergedCommit!);
    }

    private async Task<PullRequest> PullAsync(Guid task)
    {
        await using var db = await Services.Contexts.CreateDbContextAsync();
        return await db.PullRequests.AsNoTracking().SingleAsync(pull => pull.TaskId == task);
    }

    private async Task<List<PendingFollowUp>> ConflictsAsync(Guid task) => [.. (await world.PendingAsync(task)).Where(asked => asked.Kind == PendingKind.Conflict)];

    private async Task FailAsync(Guid task)
    {
        var lease = await world.ClaimAsync(task);
        await Services.Leases.FinishAsync(lease, new AttemptOutcome(AttemptState.NoChange, "conflict markers are left in a.py", null), default);
        await world.LookAsync();
    }

    /// <summary>A pull request of ours that is in conflict with its base, a branch of its own.</summary>
    private async Task<Ground> GroundAsync()
    {
        var number = world.Next();
        var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        await repository.GitAsync("branch", $"base-{number}");
        await repository.GitAsync("switch", "-q", "-c", $"codex/fix-{number}");
        var head = await repository.CommitAsync("commit", ("a.py", "ours\n"));
        await repository.GitAsync("switch", "-q", $"base-{number}");
        world.GitHub.Branches[$"base-{number}"] = await repository.CommitAsync("commit", ("a.py", "theirs\n"));
        await repository.GitAsync("switch", "-q", "main");
        world.Forge.Readable = RepositoryAddress.Parse(repository.Path);
        var task = await world.PublishedAsync(number, head, branch: $"base-{number}");
        world.GitHub.Pulls[number] = world.GitHub.Pulls[number] with { Mergeable = false };
        return new Ground(repository, number, task);
    }

    private sealed record Ground(TestRepository Repository, int Number, Guid Task) : IDisposable
    {
        public void Dispose() => Repository.Dispose();
    }
}
