using CodexService.Contracts.Api;
using CodexService.PullRequests.Forges;
using CodexService.PullRequests.Opening;
using CodexService.PullRequests.Pending;
using CodexService.Tasks;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Leases;
using CodexService.Tasks.PullRequests;
using CodexService.Tasks.Reading;
using CodexService.Tasks.Rounds;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.PullRequests.Tests.Opening;

/// <summary>Follow-ups on the way to their pull request: real PostgreSQL, real git, the built-in review.</summary>
public sealed class PullRequestMovingTests : IAsyncLifetime
{
    private readonly PostgresFixture postgres = new();
    private readonly DirectoryInfo cache = Directory.CreateTempSubdirectory("codex-test-cache-");
    private TestRepository? repository;
    private TaskServices? services;
    private BreakableForge? forge;

    private TaskServices Services => services!;

    private TestRepository Repository => repository!;

    private PullRequestOpener Opener => Services.Get<PullRequestOpener>();

    public async Task InitializeAsync()
    {
        repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        services = new TaskServices(await postgres.CreateDatabaseAsync(), collection =>
        {
            collection.AddSingleton<IConfiguration>(new ConfigurationBuilder()
                .AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Repositories:Folder"] = cache.FullName, ["CODEX_PUBLIC_URL"] = "https://codex.example.com/service" })
                .Build());
            collection.AddForges();
            collection.AddSingleton<IForge>(provider => forge = new BreakableForge(ActivatorUtilities.CreateInstance<LocalForge>(provider)));
            collection.AddPending();
            collection.AddSingleton<PullRequestOpener>();
        });
    }

    public async Task DisposeAsync()
    {
        await Services.DisposeAsync();
        await postgres.DisposeAsync();
        Repository.Dispose();
        cache.Delete(recursive: true);
    }

    [Fact]
    public async Task OpenAsync_FollowUp_PutsASecondCommitOnTheSamePullRequest()
    {
        var id = await PublishedAsync();
        var first = (await Services.DetailAsync(id)).PullRequest!;

        await FollowUpAsync(id, "Make it three", "three\n");
        await Opener.OpenAsync(id, default);

        var task = await Services.DetailAsync(id);
        Assert.Equal((TaskState.Succeeded, first.Number, first.Branch), (task.Summary.State, task.PullRequest!.Number, task.PullRequest.Branch));
        Assert.Equal(task.PullRequest.HeadCommit, await Repository.HeadAsync(first.Branch));
        Assert.Equal(first.HeadCommit, await Repository.HeadAsync(first.Branch + "^"));
        Assert.Equal("three\n", await Repository.GitAsync("show", first.Branch + ":a.py"));
        Assert.Contains("Make it three", await Repository.GitAsync("log", "-1", "--format=%B", first.Branch), StringComparison.Ordinal);
        Assert.Contains($"\nCodex-Log: https://codex.example.com/service/tasks/{id:D}\n", await Repository.GitAsync("log", "-1", "--format=%B", first.Branch), StringComparison.Ordinal);
        Assert.Contains("## Before this\n\n- Make it two: the patch is verified", task.PullRequest.Body, StringComparison.Ordinal);
        Assert.Contains((await Services.EventsAsync(id)), entry => entry.Type == TaskEventTypes.PullRequestUpdated);
    }

    [Fact]
    public async Task OpenAsync_KilledBetweenPushAndDatabase_FindsTheSameCommit()
    {
        var id = await PublishedAsync();
        await FollowUpAsync(id, "Make it three", "three\n");
        forge!.BreaksAfterMoving = true;
        await Assert.ThrowsAsync<InvalidOperationException>(() => Opener.OpenAsync(id, default));
        var before = await Services.DetailAsync(id);
        var pushed = await Repository.HeadAsync(before.Branch!);
        Assert.NotEqual(pushed, before.HeadCommit);

        forge.BreaksAfterMoving = false;
        await Opener.OpenAsync(id, default);
        await Opener.OpenAsync(id, default);

        var after = await Services.DetailAsync(id);
        Assert.Equal((TaskState.Succeeded, pushed), (after.Summary.State, after.HeadCommit));
        Assert.Equal(pushed, await Repository.HeadAsync(before.Branch!));
        Assert.Single(await Services.EventsAsync(id), entry => entry.Type == TaskEventTypes.PullRequestUpdated);
    }

    [Fact]
    public async Task OpenAsync_AnotherAttemptOfTheSameRound_TakesThePlaceOfTheHead()
    {
        var id = await PublishedAsync("two\n", "zwei\n");
        var first = await Services.DetailAsync(id);
        await Services.Store.ChangeAsync(id, (task, now, _) => task.Choose(2, now), default);

        await Opener.OpenAsync(id, default);

        var task = await Services.DetailAsync(id);
        Assert.Equal((TaskState.Succeeded, first.PullRequest!.Number), (task.Summary.State, task.PullRequest!.Number));
        Assert.Equal("zwei\n", await Repository.GitAsync("show", first.Branch + ":a.py"));
        Assert.Equal(first.BaseCommit, await Repository.HeadAsync(first.Branch + "^"));
    }

    [Fact]
    public async Task OpenAsync_BranchRewrittenByAPerson_FailsWithOneLineAndKeepsThePatch()
    {
        var id = await PublishedAsync();
        var branch = (await Services.DetailAsync(id)).Branch!;
        await FollowUpAsync(id, "Make it three", "three\n");
        await Repository.GitAsync("branch", "-q", "-f", branch, "main");

        await Opener.OpenAsync(id, default);

        var task = await Services.DetailAsync(id);
        Assert.Equal((TaskState.Succeeded, TaskState.Failed, PullRequestState.Open), (task.Summary.State, task.LastRound!.State, task.PullRequest!.State));
        Assert.Contains($"could not be updated: somebody rewrote the branch {branch}", task.LastRound.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("+three", task.Patch, StringComparison.Ordinal);
        Assert.Contains("+three", (await Services.Get<AttemptReader>().DetailAsync(id, 2, default))!.Patch, StringComparison.Ordinal);
        Assert.Equal(await Repository.HeadAsync("main"), await Repository.HeadAsync(branch));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OpenAsync_PushedToByAPersonWhileTheFollowUpRan_KeepsTheirCommitAndSaysThatBothWereNotVerified(bool isKnown)
    {
        var id = await PublishedAsync();
        Assert.Equal(HeadTree.Verified, await HeadTreeAsync(id));
        var branch = (await Services.DetailAsync(id)).Branch!;
        string? theirs = null;
        await FollowUpAsync(id, "Make it three", "three\n", beforeTheEnd: async () =>
        {
            await Repository.GitAsync("switch", "-q", branch);
            theirs = await Repository.CommitAsync("By hand", ("b.py", "mine\n"));
            await Repository.GitAsync("switch", "-q", "main");
            if (isKnown)
            {
                await Services.Store.ChangeAsync(id, (task, _, _) => task.PushedOnForge(theirs, "cy"), default);
            }
        });

        await Opener.OpenAsync(id, default);

        var task = await Services.DetailAsync(id);
        Assert.Equal((TaskState.Succeeded, theirs), (task.Summary.State, await Repository.HeadAsync(branch + "^")));
        Assert.Equal("three\nmine\n", await Repository.GitAsync("show", branch + ":a.py") + await Repository.GitAsync("show", branch + ":b.py"));
        Assert.Equal(HeadTree.OnOthers, await HeadTreeAsync(id));
        Assert.Equal(await Repository.HeadAsync(branch), task.PullRequest!.HeadCommit);
        Assert.Contains("both together were not verified", task.PullRequest.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_FollowUpOnTopOfAPersonsPush_IsPutThere()
    {
        var id = await PublishedAsync();
        var branch = (await Services.DetailAsync(id)).Branch!;
        await Repository.GitAsync("switch", "-q", branch);
        await Repository.GitAsync("commit", "-q", "--allow-empty", "-m", "By hand");
        await Repository.GitAsync("switch", "-q", "main");
        var theirs = await Repository.HeadAsync(branch);
        await Services.Store.ChangeAsync(id, (task, _, _) => task.PushedOnForge(theirs, "cy"), default);
        await FollowUpAsync(id, "Make it three", "three\n");

        await Opener.OpenAsync(id, default);

        Assert.Equal(TaskState.Succeeded, (await Services.DetailAsync(id)).Summary.State);
        Assert.Equal(theirs, await Repository.HeadAsync(branch + "^"));
    }

    [Fact]
    public async Task OpenAsync_TwoRoundsThatHoldTheSamePath_WereNotTestedTogether()
    {
        Services.Get<IForge>();
        (forge!.Number, forge.Held) = (4711, [".github/actions/x.yml"]);
        var id = await PublishedAsync();
        Assert.Equal(HeadTree.HeldLeftOut, await HeadTreeAsync(id));

        await FollowUpAsync(id, "Make it three", "three\n");
        await Opener.OpenAsync(id, default);

        Assert.Equal(HeadTree.MoreLeftOut, await HeadTreeAsync(id));
        await Services.Store.ChangeAsync(id, (task, _, _) => task.ApproveHeldPaths(new string('a', 40), "ana", []), default);
        Assert.Equal(HeadTree.HeldAdded, await HeadTreeAsync(id));
    }

    [Fact]
    public async Task OpenAsync_ForgeWithNumbersOfItsOwn_KeepsBoth()
    {
        Services.Get<IForge>();
        forge!.Number = 4711;

        var id = await PublishedAsync();

        await using var db = await Services.Contexts.CreateDbContextAsync();
        var pull = await db.PullRequests.SingleAsync(p => p.TaskId == id);
        Assert.Equal((1, ForgeNames.GitHub, 4711, 4711), (pull.Number, pull.Forge, pull.ForgeNumber, pull.ShownNumber));
    }

    [Fact]
    public async Task OpenAsync_PullRequestClosedMeanwhile_FailsWithOneLineAndLeavesTheBranch()
    {
        var id = await PublishedAsync();
        var head = (await Services.DetailAsync(id)).HeadCommit;
        await FollowUpAsync(id, "Make it three", "three\n", beforeTheEnd: () => Services.Store.ChangeAsync(id, (task, now, _) => task.ClosePullRequest(now), default));

        await Opener.OpenAsync(id, default);

        var task = await Services.DetailAsync(id);
        Assert.Equal("the patch is verified, but its pull request could not be updated: pull request #1 is closed by now; apply the patch by hand, or submit a new task", task.LastRound!.Reason);
        Assert.Equal(head, await Repository.HeadAsync(task.Branch!));
    }

    // A task with one verified attempt for each content; the first one's is published.
    private async Task<Guid> PublishedAsync(params string[] contents)
    {
        contents = contents.Length == 0 ? ["two\n"] : contents;
        var submission = TaskServices.Submission(contents.Length, "Make it two") with { Repository = Repository.Path };
        var id = (await Services.Store.SubmitAsync(submission, default)).TaskId;
        foreach (var _ in contents)
        {
            // Attempts that were queued in the same instant are claimed in any order.
            var claimed = (await Services.Leases.ClaimNextAsync("worker", default))!;
            await EndAsync(claimed, await Repository.HeadAsync(), await Repository.PatchAsync(("a.py", contents[claimed.Number - 1])));
        }

        await Opener.OpenAsync(id, default);
        Assert.Equal(TaskState.Succeeded, (await Services.DetailAsync(id)).Summary.State);
        return id;
    }

    private async Task<HeadTree> HeadTreeAsync(Guid id)
    {
        await using var db = await Services.Contexts.CreateDbContextAsync();
        return await db.PullRequests.Where(pull => pull.TaskId == id).Select(pull => pull.HeadTree).SingleAsync();
    }

    private async Task FollowUpAsync(Guid id, string prompt, string content, Func<Task>? beforeTheEnd = null)
    {
        await Services.Get<TaskRounds>().FollowUpAsync(id, prompt, null, null, default);
        var claimed = (await Services.Leases.ClaimNextAsync("worker", default))!;
        await Repository.GitAsync("switch", "-q", "--detach", claimed.BaseCommit!);
        var patch = await Repository.PatchAsync(("a.py", content));
        await Repository.GitAsync("switch", "-q", "main");
        await (beforeTheEnd?.Invoke() ?? Task.CompletedTask);
        await EndAsync(claimed, claimed.BaseCommit!, patch);
    }

    private async Task EndAsync(ClaimedAttempt claimed, string baseCommit, string patch)
    {
        await Services.Leases.RecordAsync(claimed.Lease, new AttemptReport(TaskEventTypes.StageStarted, "Checking out") { BaseCommit = baseCommit }, default);
        await Services.Leases.FinishAsync(claimed.Lease, new AttemptOutcome(AttemptState.Succeeded, "the patch is verified", Result(claimed.Lease, patch)), default);
    }

    private static AttemptResult Result(AttemptLease lease, string patch)
    {
        var usual = TaskServices.Result(lease);
        return new AttemptResult
        {
            AttemptId = usual.AttemptId,
            TaskId = usual.TaskId,
            Brain = usual.Brain,
            Patch = patch,
            Title = usual.Title,
            Summary = usual.Summary,
            Verification = usual.Verification,
        };
    }

    /// <summary>The built-in review in a process that can die between two steps.</summary>
    private sealed class BreakableForge(IForge inner) : IForge
    {
        public bool BreaksAfterMoving { get; set; }

        public string Name => inner.Name;

        public int? Number { get; set; }

        public IReadOnlyList<string>? Held { get; set; }

        public async Task<OpenResult> OpenAsync(PullRequestDraft draft, CancellationToken cancellationToken) =>
            await inner.OpenAsync(draft, cancellationToken) is var result && result is OpenResult.Opened opened ? opened with { Number = Number, HeldForApproval = Held ?? opened.HeldForApproval } : result;

        public async Task<MoveResult> MoveAsync(PullRequestMove move, CancellationToken cancellationToken)
        {
            var moved = await inner.MoveAsync(move, cancellationToken);
            moved = moved is MoveResult.Moved known && Held is not null ? known with { HeldForApproval = Held } : moved;
            return BreaksAfterMoving ? throw new InvalidOperationException("killed") : moved;
        }

        public Task<MergeResult> MergeAsync(PullRequestReference pullRequest, CancellationToken cancellationToken) => inner.MergeAsync(pullRequest, cancellationToken);

        public Task<CloseResult> CloseAsync(PullRequestReference pullRequest, CancellationToken cancellationToken) => inner.CloseAsync(pullRequest, cancellationToken);
    }
}
