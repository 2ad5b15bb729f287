using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Reporting;
using CodexService.Tasks;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Leases;
using CodexService.Tasks.PullRequests;
using CodexService.Tasks.Reports;
using CodexService.Tasks.Rounds;
using CodexService.Tasks.Submission;
using CodexService.Testing;
using CodexService.Testing.GitHub;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.PullRequests.Tests.Reporting;

/// <summary>One emulated GitHub and one database for all tests of the reporter; each test has a repository and tasks of its own.</summary>
public sealed class ReportingServers : IAsyncLifetime
{
    private readonly PostgresFixture postgres = new();

    internal EmulatorFixture Emulator { get; } = new();

    internal string Database { get; private set; } = "";

    public async Task InitializeAsync() => await Task.WhenAll(Emulator.InitializeAsync(), MigrateAsync());

    public async Task DisposeAsync()
    {
        await postgres.DisposeAsync();
        await Emulator.DisposeAsync();
    }

    private async Task MigrateAsync() => Database = await postgres.CreateDatabaseAsync();
}

/// <summary>Tests that share them.</summary>
[CollectionDefinition(Name)]
public sealed class ReportingCollection : ICollectionFixture<ReportingServers>
{
    internal const string Name = "reporting to the emulated github";
}

/// <summary>A task from an issue on the emulated GitHub, with a real database and the real client as the App.</summary>
public abstract class ReportingTest(ReportingServers servers) : IAsyncLifetime
{
    private readonly EmulatorFixture emulator = servers.Emulator;
    private TaskServices? services;

    private protected EmulatorFixture Emulator => emulator;

    private protected TaskServices Services => services!;

    private protected WatchedGitHub GitHub { get; private set; } = null!;

    private protected MovableClock Clock { get; } = new();

    private protected string Repository { get; } = $"acme/r{Guid.NewGuid().ToString("N")[..10]}";

    private protected int Issue { get; private set; }

    /// <summary>Number of the pull request on GitHub; the service counts its own over all repositories.</summary>
    private protected int Pull { get; private set; }

    public async Task InitializeAsync()
    {
        await emulator.Control.CreateRepositoryAsync(Repository, new Dictionary<string, string>(StringComparer.Ordinal) { ["app.py"] = "x = 1\n" });
        await emulator.Control.AllowAsync(Repository, "writer", "push");
        Issue = await emulator.OpenIssueAsync(Repository, "writer", "The second page repeats the first", "Please fix");
        services = new TaskServices(servers.Database, Compose);
        _ = Services.Get<IGitHub>();
    }

    public async Task DisposeAsync()
    {
        await Services.DisposeAsync();
        GitHub.Life.Dispose();
    }

    private void Compose(IServiceCollection collection)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["GITHUB_API_URL"] = emulator.Api.AbsoluteUri,
                ["CODEX_GITHUB_APP_ID"] = EmulatorFixture.AppId,
                ["CODEX_GITHUB_APP_KEY"] = emulator.AppKey.ExportPkcs8PrivateKeyPem(),
                ["CODEX_PUBLIC_URL"] = "https://codex.example.com",
                ["GitHub:Retries"] = "0",
                ["GitHub:RequestTimeout"] = "00:05:00",
                ["GitHub:ContentWritesPerMinute"] = "79",
            })
            .Build();
        collection.AddSingleton<IConfiguration>(configuration);
        collection.AddSingleton<TimeProvider>(Clock);
        collection.AddGitHub(configuration, Path.GetTempPath());
        var real = collection.Last(service => service.ServiceType == typeof(IGitHub)).ImplementationFactory!;
        collection.AddSingleton<IGitHub>(provider => (GitHub = new WatchedGitHub((IGitHub)real(provider))).Open());
        collection.AddOptions<GitHubTaskOptions>().Configure(options => options.Mention = "codex");
        collection.AddSingleton<AppName>();
        collection.AddGitHubReporting();
    }

    /// <summary>One pass of the reporter, in a process that may die on the way.</summary>
    private protected async Task ReportAsync(Guid task)
    {
        var reporter = Services.Get<TaskReporter>();
        await reporter.ReportAsync(task, GitHub.Life.Token);
    }

    /// <summary>
    /// Reports a task by a service that dies before and after each call, most of all after each that made something and before that is
    /// noted, and is started anew each time, until there is nothing left to do.
    /// </summary>
    private protected async Task ReportThroughDeathsAsync(Guid task)
    {
        (int At, bool AfterTheCall)[] deaths = [(1, false), (1, true), (2, false), (2, true)];
        for (var life = 0; life < 200; life++)
        {
            (GitHub.DiesAt, GitHub.DiesAfterTheCall) = deaths[life % deaths.Length];
            GitHub.Life.Dispose();
            GitHub.Life = new CancellationTokenSource();
            GitHub.Forget();
            try
            {
                await ReportAsync(task);
                if (GitHub.Calls.Count == 0)
                {
                    GitHub.DiesAt = 0;
                    return;
                }
            }
            catch (OperationCanceledException)
            {
                // It has died; the next life begins with what is stored.
            }
        }

        Assert.Fail("the service never came to an end");
    }

    /// <summary>A task of the issue.</summary>
    private protected async Task<Guid> SubmitAsync() => (await Services.Store.SubmitAsync(
        TaskServices.Submission() with { Origin = new SubmissionOrigin(Repository, Issue, false, "writer", $"https://github.com/{Repository}/issues/{Issue}", "The second page repeats the first", null) },
        default)).TaskId;

    /// <summary>A task of the repository that was asked for in the dashboard, by CLI or REST.</summary>
    private protected async Task<Guid> SubmitElsewhereAsync() =>
        (await Services.Store.SubmitAsync(TaskServices.Submission() with { Repository = emulator.CloneUrl(Repository) }, default)).TaskId;

    private protected async Task<AttemptLease> ClaimAsync(Guid task)
    {
        var attempt = (await Services.DetailAsync(task)).Attempts.Last(a => a.State == AttemptState.Queued);
        return (await Services.Leases.ClaimAsync(attempt.Id, "worker", default))!.Lease;
    }

    /// <summary>Ends the running attempt with a verified patch.</summary>
    private protected Task VerifyAsync(AttemptLease lease) => Services.SucceedAsync(lease);

    /// <summary>Pushes a commit to the branch and stores the pull request as the forge does; returns the head.</summary>
    private protected async Task<string> PublishAsync(Guid task, params IReadOnlyList<string> held)
    {
        var pull = (await Services.DetailAsync(task)).PullRequest;
        var head = await emulator.Control.PushAsync(Repository, "codex/fix", "writer", new Dictionary<string, string?>(StringComparer.Ordinal) { ["app.py"] = $"x = {Guid.NewGuid():N}\n" });
        if (pull is not null)
        {
            await Services.Store.ChangeAsync(task, (current, now, _) => current.MovePullRequest(new PullRequestHead(head, "Body", held), now), default);
            return head;
        }

        var opened = await emulator.SendAsync("writer", HttpMethod.Post, $"repos/{Repository}/pulls", new { title = "Fix the page", head = "codex/fix", @base = "main", body = "Body" });
        var url = opened.GetProperty("html_url").GetString()!;
        var number = await Services.Store.NextPullRequestNumberAsync(default);
        Pull = opened.GetProperty("number").GetInt32();
        await Services.Store.ChangeAsync(
            task,
            (current, now, _) => current.OpenPullRequest(
                new PullRequest
                {
                    TaskId = task,
                    Number = number,
                    ForgeNumber = Pull,
                    Url = url,
                    Title = "Fix the page",
                    Body = "Body",
                    Repository = emulator.CloneUrl(Repository),
                    BaseRef = "main",
                    Branch = "codex/fix",
                    HeadCommit = head,
                    HeldForApproval = held,
                },
                now),
            default);
        return head;
    }

    /// <summary>A task that ran, with its pull request; nothing is reported yet.</summary>
    private protected async Task<(Guid Task, string Head)> SucceededAsync(params IReadOnlyList<string> held) => await SucceededAsync(await SubmitAsync(), held);

    private protected async Task<(Guid Task, string Head)> SucceededAsync(Guid task, IReadOnlyList<string> held)
    {
        await VerifyAsync(await ClaimAsync(task));
        return (task, await PublishAsync(task, held));
    }

    private protected Task FollowUpAsync(Guid task) => Services.Get<TaskRounds>().FollowUpAsync(task, "Also the last page", null, null, default);

    private protected async Task<GitHubReport> StoredAsync(Guid task)
    {
        await using var db = await Services.Contexts.CreateDbContextAsync();
        return await db.GitHubReports.AsNoTracking().SingleAsync(report => report.TaskId == task);
    }

    /// <summary>What the task's log says that GitHub does not show.</summary>
    private protected async Task<IReadOnlyList<string>> ToldAsync(Guid task) =>
        [.. (await Services.EventsAsync(task)).Where(entry => entry.Type == TaskEventTypes.GivenUp).Select(entry => entry.Message)];

    private protected async Task<IReadOnlyList<(long Id, string Body, string Author)>> CommentsAsync(int? number = null) =>
        [.. (await emulator.SendAsync("writer", HttpMethod.Get, $"repos/{Repository}/issues/{number ?? Issue}/comments?per_page=100")).EnumerateArray()
            .Select(comment => (comment.GetProperty("id").GetInt64(), comment.GetProperty("body").GetString()!, comment.GetProperty("user").GetProperty("login").GetString()!))];

    private protected async Task<IReadOnlyList<(string Status, string? Conclusion, string? ExternalId)>> ChecksAsync(string head) =>
        [.. (await emulator.SendAsync("writer", HttpMethod.Get, $"repos/{Repository}/commits/{head}/check-runs?filter=all")).GetProperty("check_runs").EnumerateArray()
            .Select(run => (run.GetProperty("status").GetString()!, run.GetProperty("conclusion").GetString(), run.GetProperty("external_id").GetString()))];

    /// <summary>The system's clock, which a test can put forward and stop.</summary>
    private protected sealed class MovableClock : TimeProvider
    {
        private DateTimeOffset? stopped;
        private TimeSpan ahead;

        public override DateTimeOffset GetUtcNow() => (stopped ?? System.GetUtcNow()) + ahead;

        /// <summary>From now on it goes no further than it is put, however long the test takes.</summary>
        public void Stop() => stopped = System.GetUtcNow();

        public void Advance(TimeSpan by) => ahead += by;
    }
}
