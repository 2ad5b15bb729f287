using CodexService.Contracts.Api;
using CodexService.Repositories;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.FollowUps;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Tests.FollowUps;

/// <summary>When conflicts with the base are resolved, by a push to it or because a person asks. GitHub is a fake, git is real.</summary>
public sealed class ConflictResolutionTests(GitHubWorld world) : IClassFixture<GitHubWorld>
{
    private TaskServices Services => world.Services;

    [Fact]
    public async Task Push_GitHubDoesNotKnowYet_IsAskedAgainWithPausesUntilItDoes()
    {
        using var ground = await GroundAsync();
        var (id, number) = (ground.Task, ground.Number);
        await DeliverPushAsync(ground, times: 3);

        await world.LookAsync();
        await world.LookAsync();
        Assert.Equal((1, 1), (world.GitHub.Asked[number], (await Services.DetailAsync(id)).Prompts.Count));
        world.Clock.Advance(TimeSpan.FromSeconds(5));
        world.GitHub.Pulls[number] = world.GitHub.Pulls[number] with { Mergeable = false };
        await world.LookAsync();
        await world.LookAsync();

        var task = await Services.DetailAsync(id);
        Assert.Equal((TaskState.Queued, 2), (task.Summary.State, task.Prompts.Count));
        Assert.Equal(["a.py"], task.PullRequest!.Conflicts);
        Assert.Equal(ground.Head, task.Prompts[1].BaseCommit);
        Assert.Contains("    a.py: both sides changed the same lines; the file holds conflict markers", task.Prompts[1].Text, StringComparison.Ordinal);
        Assert.Equal(ground.Tip, await MergedAsync(id));
    }

    [Fact]
    public async Task Push_GitHubNeverKnows_IsDecidedByGitInTheEnd()
    {
        using var ground = await GroundAsync();
        await DeliverPushAsync(ground);

        for (var i = 0; i < 6; i++)
        {
            await world.LookAsync();
            world.Clock.Advance(TimeSpan.FromMinutes(5));
        }

        Assert.Single((await Services.DetailAsync(ground.Task)).Prompts);
        await world.LookAsync();

        Assert.Equal((6, 2), (world.GitHub.Asked[ground.Number], (await Services.DetailAsync(ground.Task)).Prompts.Count));
    }

    [Theory]
    [InlineData(true, true, "GitHub can merge it")]
    [InlineData(false, false, "fits onto")]
    public async Task Push_PullRequestThatFits_StartsNothing(bool mergeable, bool conflicts, string outcome)
    {
        using var ground = await GroundAsync(conflicts);
        world.GitHub.Pulls[ground.Number] = world.GitHub.Pulls[ground.Number] with { Mergeable = mergeable };
        await DeliverPushAsync(ground);

        await world.LookAsync();

        Assert.Single((await Services.DetailAsync(ground.Task)).Prompts);
        Assert.Contains(outcome, Assert.Single(await world.PendingAsync(ground.Task)).Outcome, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_ToABranchOfNoPullRequestOrTurnedOff_IsIgnored()
    {
        using var ground = await GroundAsync();
        var other = await world.DeliverAsync("push", Push($"{ground.Base}-other", ground.Tip));
        Assert.Equal((DeliveryState.Ignored, "no open pull request of ours is meant for this branch"), (other.State, other.Decision));
        try
        {
            world.GitHub.Settings = "conflicts: false\n";
            var off = await DeliverPushAsync(ground);
            Assert.Equal((DeliveryState.Ignored, ".codex/config.yml turns conflicts off"), (off.State, off.Decision));
        }
        finally
        {
            world.GitHub.Settings = "test_command: make test\n";
        }

        Assert.Empty(await world.PendingAsync(ground.Task));
    }

    [Fact]
    public async Task Push_WhileTheTaskRuns_WaitsForItsHead()
    {
        using var ground = await GroundAsync();
        world.GitHub.Pulls[ground.Number] = world.GitHub.Pulls[ground.Number] with { Mergeable = false };
        await world.DeliverAsync("pull_request_review", GitHubWorld.Review(ground.Number, world.Next(), "ana", "Name it"));
        var lease = await world.ClaimAsync(ground.Task);
        await DeliverPushAsync(ground);
        await world.LookAsync();
        Assert.Equal(2, (await Services.DetailAsync(ground.Task)).Prompts.Count);

        await Services.SucceedAsync(lease);
        var moved = await ground.CommitAsync(ground.Branch, ("c.py", "more\n"));
        await Services.Store.ChangeAsync(ground.Task, (task, now, _) => task.MovePullRequest(new Tasks.PullRequests.PullRequestHead(moved, "body", []), now), default);
        world.GitHub.Pulls[ground.Number] = GitHubWorld.Live(ground.Number, moved) with { Mergeable = false };
        await world.LookAsync();

        var task = await Services.DetailAsync(ground.Task);
        Assert.Equal((3, moved), (task.Prompts.Count, task.Prompts[2].BaseCommit));
    }

    [Fact]
    public async Task Push_HeadThatMovesAfterTheConflictsWereFound_LooksForThemAgain()
    {
        using var ground = await GroundAsync();
        world.GitHub.Pulls[ground.Number] = world.GitHub.Pulls[ground.Number] with { Mergeable = false };
        await DeliverPushAsync(ground);
        await Services.Get<CodexService.PullRequests.FollowUps.ConflictResolutions>().CollectAsync(Assert.Single(await world.PendingAsync(ground.Task)), default);
        var moved = await ground.CommitAsync(ground.Branch, ("c.py", "theirs\n"));
        await Services.Store.ChangeAsync(ground.Task, (task, _, _) => task.PushedOnForge(moved, "ana"), default);
        world.GitHub.Pulls[ground.Number] = GitHubWorld.Live(ground.Number, moved) with { Mergeable = false };

        await Services.Get<PendingFollowUps>().BeginAsync(ground.Task, default);
        Assert.Single((await Services.DetailAsync(ground.Task)).Prompts);
        await world.LookAsync();

        Assert.Equal(moved, (await Services.DetailAsync(ground.Task)).Prompts[1].BaseCommit);
    }

    [Fact]
    public async Task Push_ResolutionsThatFail_AreTriedOnceForEachCommitOfTheBaseAndThreeTimesInARow_ThenAPersonIsAskedOnce()
    {
        using var ground = await GroundAsync();
        for (var round = 1; round <= 5; round++)
        {
            world.GitHub.Pulls[ground.Number] = world.GitHub.Pulls[ground.Number] with { Mergeable = false };
            await DeliverPushAsync(ground, times: 2);
            await world.LookAsync();
            if (round <= 3)
            {
                Assert.Equal(round + 1, (await Services.DetailAsync(ground.Task)).Prompts.Count);
                await FailAsync(ground.Task);

                // The same commit of the base, told in another way.
                await world.DeliverAsync("pull_request", GitHubWorld.Changed(ground.Number, "reopened", ground.Head, second: round));
                await world.LookAsync();
            }

            await ground.PushBaseAsync($"theirs {round}\n");
        }

        Assert.Equal(4, (await Services.DetailAsync(ground.Task)).Prompts.Count);
        var said = world.GitHub.Said[ground.Number].ConvertAll(comment => comment.Body!);
        // The same line three times is said once.
        Assert.Single(said, line => line.Contains("I did not resolve the conflicts with", StringComparison.Ordinal));
        Assert.Single(said, line => line.Contains("A person has to look at the conflicts", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ask_RepositoryThatDoesNotAnswer_IsTriedAgainForADay()
    {
        using var ground = await GroundAsync();
        world.Forge.Readable = RepositoryAddress.Parse("http://127.0.0.1:9/gone.git");
        await Services.Get<PendingFollowUps>().AskForResolutionAsync(ground.Task, "laptop", default);
        var step = TimeSpan.FromMinutes(45);
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromDays(1); passed += step)
        {
            await LookAtWhatRefusesAsync();
            Assert.Equal(PendingState.Collecting, Assert.Single(await world.PendingAsync(ground.Task)).State);
            world.Clock.Advance(step);
        }

        await LookAtWhatRefusesAsync();

        Assert.Equal(PendingState.Dropped, Assert.Single(await world.PendingAsync(ground.Task)).State);
        Assert.StartsWith("A follow-up was not begun: given up after 24 hours", Assert.Single(await Services.EventsAsync(ground.Task), entry => entry.Type == TaskEventTypes.GivenUp).Message, StringComparison.Ordinal);
    }

    // A host that refuses is asked a second time a moment later. That moment alone passes, however long the look takes here: failures that
    // lie further apart than they are remembered would not add up to a day.
    private async Task LookAtWhatRefusesAsync()
    {
        var moment = TimeSpan.FromSeconds(1);
        var look = world.LookAsync();
        if (await Task.WhenAny(look, world.Clock.WaitedForAsync(moment)) != look)
        {
            world.Clock.Advance(moment);
        }

        await look;
    }

    [Fact]
    public async Task Push_GitHubAsksToStayAway_IsAskedAgainWhenThatTimeIsOver()
    {
        using var ground = await GroundAsync();
        world.GitHub.Away[ground.Number] = new CodexService.GitHub.GitHubException(CodexService.GitHub.GitHubFailure.RateLimited, "too many calls") { RetryAfter = TimeSpan.FromHours(1) };
        await DeliverPushAsync(ground);
        await world.LookAsync();
        world.Clock.Advance(TimeSpan.FromMinutes(59));
        await world.LookAsync();
        Assert.Equal(1, world.GitHub.Asked[ground.Number]);

        world.GitHub.Away.TryRemove(ground.Number, out _);
        world.GitHub.Pulls[ground.Number] = world.GitHub.Pulls[ground.Number] with { Mergeable = false };
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.LookAsync();

        Assert.Equal((2, 2), (world.GitHub.Asked[ground.Number], (await Services.DetailAsync(ground.Task)).Prompts.Count));
    }

    [Fact]
    public async Task Ask_WhileThePushIsLookedAt_IsTheSameLookAndToldToThePerson()
    {
        using var ground = await GroundAsync(conflicts: false);
        await DeliverPushAsync(ground);

        await Services.Get<PendingFollowUps>().AskForResolutionAsync(ground.Task, "laptop", default);
        await world.LookAsync();

        Assert.Single(await world.PendingAsync(ground.Task));
        await using var db = await Services.Contexts.CreateDbContextAsync();
        Assert.Equal(1, await db.TaskEvents.CountAsync(entry => entry.TaskId == ground.Task && entry.Type == TaskEventTypes.ConflictResolutionDeclined));
    }

    [Fact]
    public async Task Ask_Person_IsDoneAgainForTheSameCommitAndToldWhenThereIsNothingToDo()
    {
        using var ground = await GroundAsync();
        world.GitHub.Pulls[ground.Number] = world.GitHub.Pulls[ground.Number] with { Mergeable = false };
        await DeliverPushAsync(ground);
        await world.LookAsync();
        await FailAsync(ground.Task);

        var pending = Services.Get<PendingFollowUps>();
        await pending.AskForResolutionAsync(ground.Task, "laptop", default);
        await pending.AskForResolutionAsync(ground.Task, "laptop", default);
        await world.LookAsync();
        Assert.Equal((3, 1), ((await Services.DetailAsync(ground.Task)).Prompts.Count, (await world.PendingAsync(ground.Task)).Count(asked => asked.Key.Contains("conflicts:", StringComparison.Ordinal) && asked.Kind == PendingKind.Conflict && asked.PromptNumber == 3)));
        await FailAsync(ground.Task);

        // A person put the base's change on the branch.
        var fits = await ground.CommitAsync(ground.Branch, ("a.py", await ground.BaseContentAsync()));
        await Services.Store.ChangeAsync(ground.Task, (task, _, _) => task.PushedOnForge(fits, "ana"), default);
        await pending.AskForResolutionAsync(ground.Task, "laptop", default);
        await world.LookAsync();

        var detail = await Services.DetailAsync(ground.Task);
        Assert.Equal(3, detail.Prompts.Count);
        Assert.Empty(detail.PullRequest!.Conflicts);
        await using var db = await Services.Contexts.CreateDbContextAsync();
        Assert.Contains("there is nothing to resolve", (await db.TaskEvents.SingleAsync(entry => entry.TaskId == ground.Task && entry.Type == TaskEventTypes.ConflictResolutionDeclined)).Message, StringComparison.Ordinal);
    }

    private static object Push(string branch, string commit) => new { @ref = $"refs/heads/{branch}", after = commit, repository = GitHubWorld.Repo, sender = GitHubWorld.User("ana") };

    private async Task<Delivery> DeliverPushAsync(Ground ground, int times = 1) => await world.DeliverAsync("push", Push(ground.Base, ground.Tip), times);

    private async Task FailAsync(Guid task)
    {
        var lease = await world.ClaimAsync(task);
        await Services.Leases.FinishAsync(lease, new AttemptOutcome(AttemptState.NoChange, "conflict markers are left in a.py", null), default);
        await world.LookAsync();
    }

    private async Task<string?> MergedAsync(Guid task)
    {
        await using var db = await Services.Contexts.CreateDbContextAsync();
        return (await db.Attempts.Where(attempt => attempt.TaskId == task).OrderBy(attempt => attempt.Number).LastAsync()).MergedCommit;
    }

    /// <summary>A pull request of ours whose base, a branch of its own, has moved on.</summary>
    private async Task<Ground> GroundAsync(bool conflicts = true)
    {
        var number = world.Next();
        var ground = new Ground(await TestRepository.CreateAsync(("a.py", "one\n")), world, number);
        await ground.Repository.GitAsync("branch", ground.Base);
        ground.Head = await ground.CommitAsync(ground.Branch, ("a.py", "ours\n"));
        await ground.PushBaseAsync("theirs\n", conflicts ? "a.py" : "b.py");
        world.Forge.Readable = RepositoryAddress.Parse(ground.Repository.Path);
        ground.Task = await world.PublishedAsync(number, ground.Head, branch: ground.Base);
        return ground;
    }

    private sealed class Ground(TestRepository repository, GitHubWorld world, int number) : IDisposable
    {
        public TestRepository Repository => repository;

        public int Number => number;

        public string Base => $"base-{number}";

        public string Branch => $"codex/fix-{number}";

        public string Head { get; set; } = "";

        public string Tip { get; private set; } = "";

        public Guid Task { get; set; }

        public async Task<string> CommitAsync(string branch, params (string Path, string Content)[] files)
        {
            await repository.GitAsync(["switch", "-q", .. (await repository.GitAsync("branch", "--list", branch)).Length == 0 ? ["-c", branch] : new[] { branch }]);
            var commit = await repository.CommitAsync("commit", files);
            await repository.GitAsync("switch", "-q", "main");
            return commit;
        }

        public async Task PushBaseAsync(string content, string path = "a.py")
        {
            Tip = await CommitAsync(Base, (path, content));
            world.GitHub.Branches[Base] = Tip;
        }

        public Task<string> BaseContentAsync() => repository.GitAsync("show", $"{Base}:a.py");

        public void Dispose() => repository.Dispose();
    }
}
