using CodexService.Contracts.Api;
using CodexService.ServiceDefaults.Configuration;
using CodexService.ServiceDefaults.Messaging;
using CodexService.Tasks;
using CodexService.Tasks.AccessTokens;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Events;
using CodexService.Tasks.Leases;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.PullRequests;
using CodexService.Tasks.Reading;
using CodexService.Tasks.Submission;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CodexService.Testing;

/// <summary>
/// The task store of one process, as a host composes it, on a migrated database. Two of them on one database are two
/// processes. Background services run only when a test starts them.
/// </summary>
public sealed class TaskServices : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);
    private readonly ServiceProvider provider;
    private readonly List<IHostedService> started = [];

    /// <summary>Composes the services; <paramref name="configure"/> adds to them. Without a broker the bus is in memory.</summary>
    public TaskServices(string database, Action<IServiceCollection>? configure = null, Uri? broker = null)
    {
        Database = database;
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationManager());
        services.AddTasks(database);
        services.AddStuckAttemptRescue();
        configure?.Invoke(services);
        services.AddBus(new CodexOptions { Database = database, RabbitMq = broker, Data = "/nowhere", Port = 0, Brain = "auto" });
        provider = services.BuildServiceProvider();
    }

    /// <summary>Connection string.</summary>
    public string Database { get; }

    /// <summary>Changes tasks.</summary>
    public TaskStore Store => Get<TaskStore>();

    /// <summary>What workers use.</summary>
    public AttemptLeases Leases => Get<AttemptLeases>();

    /// <summary>Reads tasks.</summary>
    public TaskReader Reader => Get<TaskReader>();

    /// <summary>API tokens.</summary>
    public AccessTokenStore Tokens => Get<AccessTokenStore>();

    /// <summary>Rescues attempts.</summary>
    public StuckAttemptRescuer Rescuer => Get<StuckAttemptRescuer>();

    /// <summary>Wake-ups.</summary>
    public TaskChangeSignal Signal => Get<TaskChangeSignal>();

    /// <summary>Database contexts.</summary>
    public IDbContextFactory<TasksDbContext> Contexts => Get<IDbContextFactory<TasksDbContext>>();

    /// <summary>Any service of the composition.</summary>
    public T Get<T>()
        where T : notnull => provider.GetRequiredService<T>();

    /// <summary>Starts one background service; it is stopped with this object.</summary>
    public Task StartAsync<T>()
        where T : IHostedService => StartAsync(service => service is T);

    /// <summary>Starts the bus as a host does: the broker need not be there yet.</summary>
    public Task StartBusAsync() => StartAsync(service => service.GetType().Namespace!.StartsWith("MassTransit", StringComparison.Ordinal));

    /// <summary>A submission that needs nothing to exist.</summary>
    public static TaskSubmission Submission(int attempts = 1, string prompt = "Fix the pagination bug", string? key = null, string? hash = null) => new(
        "/srv/repository", prompt, "python3 -m pytest -q", "main", attempts, TimeSpan.FromMinutes(15), BrainChoice.Auto, key, hash);

    /// <summary>Submits a task and returns its id.</summary>
    public async Task<Guid> SubmitAsync(int attempts = 1) => (await Store.SubmitAsync(Submission(attempts), CancellationToken.None)).TaskId;

    /// <summary>Submits a task with one attempt and claims that.</summary>
    public async Task<AttemptLease> SubmitAndClaimAsync(string worker = "worker-1")
    {
        var id = await SubmitAsync();
        var attempt = (await DetailAsync(id)).Attempts.Single();
        return (await Leases.ClaimAsync(attempt.Id, worker, CancellationToken.None))!.Lease;
    }

    /// <summary>The whole task.</summary>
    public async Task<TaskDetail> DetailAsync(Guid id) =>
        await Reader.DetailAsync(id, CancellationToken.None) ?? throw new InvalidOperationException($"There is no task {id}.");

    /// <summary>The whole event log.</summary>
    public Task<IReadOnlyList<TaskEventInfo>> EventsAsync(Guid id) => Reader.EventsAsync(id, 0, 10_000, CancellationToken.None);

    /// <summary>Ends a claimed attempt with a verified patch.</summary>
    public Task SucceedAsync(AttemptLease lease) => SucceedAsync(lease, lines: 2);

    /// <summary>Ends a claimed attempt with a verified patch of so many changed lines.</summary>
    public Task SucceedAsync(AttemptLease lease, int lines) => Leases.FinishAsync(
        lease, new AttemptOutcome(AttemptState.Succeeded, "the patch is verified", Result(lease, lines), ["1 failed", "1 passed"]), CancellationToken.None);

    /// <summary>Ends a claimed attempt without a patch.</summary>
    public Task FinishAsync(AttemptLease lease, AttemptState state, string reason = "nothing found") =>
        Leases.FinishAsync(lease, new AttemptOutcome(state, reason), CancellationToken.None);

    /// <summary>Opens the pull request of a task that is publishing; returns its number.</summary>
    public async Task<int> OpenPullRequestAsync(Guid taskId)
    {
        var number = await Store.NextPullRequestNumberAsync(CancellationToken.None);
        await Store.ChangeAsync(taskId, (task, now, _) => task.OpenPullRequest(PullRequest(taskId, number), now), CancellationToken.None);
        return number;
    }

    /// <summary>A pull request as the service opens it.</summary>
    public static PullRequest PullRequest(Guid taskId, int number = 1, string head = "2222222222222222222222222222222222222222") => new()
    {
        TaskId = taskId,
        Number = number,
        Url = $"/pulls/{number}",
        Title = "Fix the pagination of users",
        Body = "The second page repeated the first.",
        Repository = "/srv/repository",
        BaseRef = "main",
        Branch = "codex/fix-pagination-1a2b",
        HeadCommit = head,
        HeldForApproval = [".github/workflows/ci.yml"],
    };

    /// <summary>A patch of <paramref name="lines"/> changed lines with its proof, which has <paramref name="broken"/> broken tests.</summary>
    public static AttemptResult Result(AttemptLease lease, int lines = 2, int broken = 0) => new()
    {
        AttemptId = lease.AttemptId,
        TaskId = lease.TaskId,
        Brain = "repair",
        Patch = $"--- a/app.py\n+++ b/app.py\n@@ -1 +1,{lines - 1} @@\n-x = 1\n{string.Concat(Enumerable.Repeat("+x = 2\n", lines - 1))}",
        Title = "Fix the pagination of users",
        Summary = "The offset was one page short.",
        Verification =
            $$"""
            {"verified":true,"reason":"proven","fail_to_pass":["test_page_2"],"pass_to_pass":12,
             "broken":[{{string.Join(',', Enumerable.Range(1, broken).Select(n => $"\"test_broken_{n}\""))}}],"still_failing":[],"flaky":[],
             "commands":[{"index":0,"phase":"before","command":"pytest","exit_code":1,"seconds":0.5,"timed_out":false,"output_bytes":8},
                         {"index":1,"phase":"after","command":"pytest","exit_code":0,"seconds":0.4,"timed_out":false,"output_bytes":8}]}
            """,
    };

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        // A bus whose broker is gone would wait for it.
        using var limit = new CancellationTokenSource(StopLimit, TimeProvider.System);
        foreach (var service in started)
        {
            await service.StopAsync(limit.Token);
        }

        await provider.DisposeAsync().AsTask().WaitAsync(StopLimit);
    }

    private async Task StartAsync(Func<IHostedService, bool> isWanted)
    {
        var service = provider.GetServices<IHostedService>().Single(isWanted);
        await service.StartAsync(CancellationToken.None);
        started.Insert(0, service);
    }
}
