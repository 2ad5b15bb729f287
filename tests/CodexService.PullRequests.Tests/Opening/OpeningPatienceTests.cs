using CodexService.Contracts.Api;
using CodexService.PullRequests.Forges;
using CodexService.PullRequests.Merging;
using CodexService.PullRequests.Opening;
using CodexService.PullRequests.Pending;
using CodexService.Repositories;
using CodexService.Tasks.Attempts;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.PullRequests.Tests.Opening;

/// <summary>How long a verified patch waits for a repository that does not take it.</summary>
public sealed class OpeningPatienceTests : IAsyncLifetime
{
    private readonly PostgresFixture postgres = new();
    private readonly DirectoryInfo cache = Directory.CreateTempSubdirectory("codex-test-cache-");
    private readonly TestClock clock = new();
    private TestRepository? repository;
    private TaskServices? services;
    private TroubledForge? forge;

    private TaskServices Services => services!;

    public async Task InitializeAsync()
    {
        repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        services = new TaskServices(await postgres.CreateDatabaseAsync(), collection =>
        {
            collection.AddSingleton<IConfiguration>(new ConfigurationBuilder()
                .AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Repositories:Folder"] = cache.FullName })
                .Build());
            collection.AddSingleton<TimeProvider>(clock);
            collection.AddForges();
            collection.AddSingleton<IForge>(provider => forge = new TroubledForge(ActivatorUtilities.CreateInstance<LocalForge>(provider)));
            collection.AddPending();
            collection.AddSingleton<PullRequestOpener>();
            collection.AddSingleton<PullRequestMerger>();
        });
        Services.Get<IForge>();
    }

    public async Task DisposeAsync()
    {
        await Services.DisposeAsync();
        await postgres.DisposeAsync();
        repository!.Dispose();
        cache.Delete(recursive: true);
    }

    [Fact]
    public async Task OpenAsync_ToldToComeBackInAnHour_WaitsThatLongAndThenOpens()
    {
        var id = await VerifiedAsync();
        forge!.Trouble = Away(TimeSpan.FromHours(1));
        Assert.Equal((TaskState.Publishing, 1), await TryAsync(id));

        // Nobody is asked before it is time.
        clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal((TaskState.Publishing, 1), await TryAsync(id));

        clock.Advance(TimeSpan.FromMinutes(2));
        forge.Trouble = null;
        Assert.Equal((TaskState.Succeeded, 2), await TryAsync(id));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 2)]
    public async Task OpenAsync_RepositoryThatNeverAnswers_IsGivenUpAfterSixHours(int hoursAsked, int step)
    {
        var id = await VerifiedAsync();
        forge!.Trouble = Away(hoursAsked == 0 ? null : TimeSpan.FromHours(hoursAsked));
        for (var hours = 0; hours < 6; hours += step)
        {
            Assert.Equal(TaskState.Publishing, (await TryAsync(id)).State);
            clock.Advance(TimeSpan.FromHours(step));
        }

        Assert.Equal((TaskState.Failed, (6 / step) + 1), await TryAsync(id));
    }

    [Fact]
    public async Task OpenAsync_FailedOnceLongAgoAndPublishedElsewhere_BeginsItsPatienceAnew()
    {
        var id = await VerifiedAsync();
        forge!.Trouble = Away(null);
        Assert.Equal((TaskState.Publishing, 1), await TryAsync(id));

        // Another process opened it; a day later the next round fails here.
        clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal((TaskState.Publishing, 2), await TryAsync(id));
    }

    [Fact]
    public async Task MergeAsync_RepositoryThatDoesNotAnswer_KeepsTheApprovalAndMergesLater()
    {
        var id = await ApprovedAsync();
        forge!.Trouble = Away(null);
        await MergeAsync(id);
        await MergeAsync(id);
        Assert.Equal((PullRequestState.Merging, 1), ((await Services.DetailAsync(id)).PullRequest!.State, forge.Merges));

        forge.Trouble = null;
        clock.Advance(TimeSpan.FromSeconds(5));
        await MergeAsync(id);

        Assert.Equal((PullRequestState.Merged, 2), ((await Services.DetailAsync(id)).PullRequest!.State, forge.Merges));
    }

    [Fact]
    public async Task MergeAsync_RepositoryThatNeverAnswers_IsRefusedAfterSixHours()
    {
        var id = await ApprovedAsync();
        forge!.Trouble = Away(null);
        for (var hours = 0; hours < 6; hours++)
        {
            await MergeAsync(id);
            Assert.Equal(PullRequestState.Merging, (await Services.DetailAsync(id)).PullRequest!.State);
            clock.Advance(TimeSpan.FromHours(1));
        }

        await MergeAsync(id);

        Assert.Equal(PullRequestState.Open, (await Services.DetailAsync(id)).PullRequest!.State);
        Assert.Contains(await Services.EventsAsync(id), entry => entry.Message == "Merge refused: tried for 6 hours: the host does not answer");
    }

    private async Task<Guid> ApprovedAsync()
    {
        var id = await VerifiedAsync();
        Assert.Equal(TaskState.Succeeded, (await TryAsync(id)).State);
        await Services.Store.ChangeAsync(id, (task, now, _) => task.RequestMerge(now), default);
        return id;
    }

    private async Task MergeAsync(Guid id)
    {
        await using var db = await Services.Contexts.CreateDbContextAsync();
        await Services.Get<PullRequestMerger>().MergeAsync(await db.PullRequests.Where(pull => pull.TaskId == id).Select(pull => pull.Id).SingleAsync(), default);
    }

    private static RepositoryException Away(TimeSpan? retryAfter) => new(RepositoryErrorKind.Unreachable, "the host does not answer") { RetryAfter = retryAfter };

    private async Task<(TaskState State, int Calls)> TryAsync(Guid id)
    {
        await Services.Get<PullRequestOpener>().OpenAsync(id, default);
        return ((await Services.DetailAsync(id)).Summary.State, forge!.Calls);
    }

    private async Task<Guid> VerifiedAsync()
    {
        var id = (await Services.Store.SubmitAsync(TaskServices.Submission(1, "Make it two") with { Repository = repository!.Path }, default)).TaskId;
        var lease = (await Services.Leases.ClaimNextAsync("worker", default))!.Lease;
        await Services.Leases.RecordAsync(lease, new AttemptReport(TaskEventTypes.StageStarted, "Checking out") { BaseCommit = await repository.HeadAsync() }, default);
        var usual = TaskServices.Result(lease);
        var result = new AttemptResult
        {
            AttemptId = usual.AttemptId,
            TaskId = usual.TaskId,
            Brain = usual.Brain,
            Patch = await repository.PatchAsync(("a.py", "two\n")),
            Title = usual.Title,
            Summary = usual.Summary,
            Verification = usual.Verification,
        };
        await Services.Leases.FinishAsync(lease, new AttemptOutcome(AttemptState.Succeeded, "the patch is verified", result), default);
        return id;
    }

    /// <summary>The built-in review, as long as nothing is the matter.</summary>
    private sealed class TroubledForge(IForge inner) : IForge
    {
        public RepositoryException? Trouble { get; set; }

        public int Calls { get; private set; }

        public int Merges { get; private set; }

        public string Name => inner.Name;

        public Task<OpenResult> OpenAsync(PullRequestDraft draft, CancellationToken cancellationToken)
        {
            Calls++;
            return Trouble is { } trouble ? throw trouble : inner.OpenAsync(draft, cancellationToken);
        }

        public Task<MoveResult> MoveAsync(PullRequestMove move, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<MergeResult> MergeAsync(PullRequestReference pullRequest, CancellationToken cancellationToken)
        {
            Merges++;
            return Trouble is { } trouble ? throw trouble : inner.MergeAsync(pullRequest, cancellationToken);
        }

        public Task<CloseResult> CloseAsync(PullRequestReference pullRequest, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
