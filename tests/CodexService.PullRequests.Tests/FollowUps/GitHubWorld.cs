using System.Text.Json;
using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.FollowUps;
using CodexService.PullRequests.Forges;
using CodexService.PullRequests.Pending;
using CodexService.PullRequests.Reviewing;
using CodexService.Repositories;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.FollowUps;
using CodexService.Tasks.Leases;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.PullRequests;
using CodexService.Tasks.Submission;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CodexService.PullRequests.Tests.FollowUps;

/// <summary>
/// Deliveries on their real way through the database, with a GitHub and a forge that are fakes. The tests of a class share it: each
/// uses numbers of its own.
/// </summary>
public sealed class GitHubWorld : IAsyncLifetime
{
    private readonly PostgresFixture postgres = new();
    private readonly DirectoryInfo cache = Directory.CreateTempSubdirectory("codex-test-cache-");
    private TaskServices? services;
    private int last = 100;
    private Exception? broken;

    internal FakeGitHub GitHub { get; } = new();

    internal FakeForge Forge { get; } = new();

    internal TestClock Clock { get; } = new();

    internal TaskServices Services => services!;

    public async Task InitializeAsync() => services = new TaskServices(await postgres.CreateDatabaseAsync(), collection =>
    {
        collection.AddLogging(logging => logging.AddProvider(new BrokenDeliveries(problem => broken = problem)));
        collection.AddForges();
        collection.Configure<RepositoryOptions>(options => options.Folder = cache.FullName);
        collection.AddSingleton<IForge>(Forge);
        collection.AddPending();
        collection.AddSingleton(GitHub.Service);
        collection.AddSingleton<TimeProvider>(Clock);
        collection.AddFollowUps();
        collection.AddDeliveries();
        collection.AddReviewing();
    });

    public async Task DisposeAsync()
    {
        await Services.DisposeAsync();
        await postgres.DisposeAsync();
        cache.Delete(recursive: true);
    }

    /// <summary>A number that no other test uses.</summary>
    internal int Next() => Interlocked.Increment(ref last);

    /// <summary>A commit that no other test has.</summary>
    internal string Commit() => Next().ToString("x").PadLeft(40, '0');

    /// <summary>Hands a delivery over and has it handled, so many times, each time with an id of its own; something may happen in between.</summary>
    internal async Task<Delivery> DeliverAsync(string name, object payload, int times = 1, Func<Task>? meanwhile = null)
    {
        Delivery? handled = null;
        for (var i = 0; i < times; i++)
        {
            var id = Guid.NewGuid().ToString();
            await Services.Get<DeliveryStore>().AddAsync(new Delivery { Id = id, Event = name, Body = JsonSerializer.SerializeToUtf8Bytes(payload) }, default);
            await (meanwhile?.Invoke() ?? Task.CompletedTask);
            await Services.Get<DeliveryHandler>().HandleAsync(id, default);
            await using var db = await Services.Contexts.CreateDbContextAsync();
            var one = await db.Deliveries.AsNoTracking().SingleAsync(d => d.Id == id);
            handled ??= one;
            if (broken is { } problem)
            {
                throw new InvalidOperationException("handling a delivery broke", problem);
            }
        }

        return handled!;
    }

    /// <summary>The poller's look.</summary>
    internal Task LookAsync() => Services.Get<PendingFollowUpPoller>().LookAsync(default);

    /// <summary>A task of an issue that runs.</summary>
    /// <param name="issue">The issue; <see langword="null"/> for a task that was asked for in the dashboard, by CLI or REST.</param>
    /// <param name="brain">Which brain.</param>
    internal async Task<AttemptLease> RunningAsync(int? issue, BrainChoice brain = BrainChoice.Model)
    {
        var submission = TaskServices.Submission() with
        {
            Repository = $"{FakeGitHub.Url}.git",
            Brain = brain,
            Origin = issue is { } number ? new SubmissionOrigin("acme/shop", number, IsPullRequest: false, "ana", $"{FakeGitHub.Url}/issues/{number}", "Page 2 repeats users", null) : null,
        };
        var id = (await Services.Store.SubmitAsync(submission, default)).TaskId;
        return await ClaimAsync(id);
    }

    /// <summary>Claims the task's newest attempt.</summary>
    internal async Task<AttemptLease> ClaimAsync(Guid task)
    {
        var attempt = (await Services.DetailAsync(task)).Attempts[^1];
        var lease = (await Services.Leases.ClaimAsync(attempt.Id, "worker", default))!.Lease;
        await Services.Leases.RecordAsync(lease, new AttemptReport(TaskEventTypes.StageStarted, "Checking out") { BaseCommit = "1111111111111111111111111111111111111111" }, default);
        return lease;
    }

    /// <summary>A task of the issue whose pull request is open on GitHub as <paramref name="number"/>.</summary>
    internal async Task<Guid> PublishedAsync(int number, string head, int? issue = null, IReadOnlyList<string>? held = null, BrainChoice brain = BrainChoice.Model, string branch = "main") =>
        await PublishedAsync(await RunningAsync(issue ?? Next(), brain), number, head, held, branch);

    /// <summary>Ends the running attempt with a pull request that is open on GitHub as <paramref name="number"/>.</summary>
    internal async Task<Guid> PublishedAsync(AttemptLease lease, int number, string head, IReadOnlyList<string>? held = null, string branch = "main")
    {
        await Services.SucceedAsync(lease);
        var local = await Services.Store.NextPullRequestNumberAsync(default);
        await Services.Store.ChangeAsync(lease.TaskId, (task, now, _) => task.OpenPullRequest(Pull(lease.TaskId, local, number, head, held ?? [], branch), now), default);
        GitHub.Pulls[number] = Live(number, head);
        return lease.TaskId;
    }

    /// <summary>Ends the round that was begun, with a commit on the branch.</summary>
    internal async Task FinishRoundAsync(Guid task, string head)
    {
        var lease = await ClaimAsync(task);
        await Services.SucceedAsync(lease);
        await Services.Store.ChangeAsync(task, (current, now, _) => current.MovePullRequest(new PullRequestHead(head, "body", []), now), default);
    }

    /// <summary>How the pull request's head stands to what was tested.</summary>
    internal async Task<HeadTree> HeadTreeAsync(Guid task)
    {
        await using var db = await Services.Contexts.CreateDbContextAsync();
        return await db.PullRequests.Where(pull => pull.TaskId == task).Select(pull => pull.HeadTree).SingleAsync();
    }

    internal static CodexService.GitHub.Rest.PullRequestInfo Live(int number, string head, string? branch = null, string? repository = "acme/shop", string author = "codex[bot]") => new(
        number, "open", "Fix the pagination", "Body of it", $"{FakeGitHub.Url}/pull/{number}", new PullRequestBranch(branch ?? $"codex/fix-{number}", head) { Repo = repository is null ? null : new BranchRepository(repository) }, new PullRequestBranch("main", "1"))
    {
        User = new UserInfo(author, "User"),
    };

    internal async Task<IReadOnlyList<PendingFollowUp>> PendingAsync(Guid task)
    {
        await using var db = await Services.Contexts.CreateDbContextAsync();
        return await db.PendingFollowUps.AsNoTracking().Where(f => f.TaskId == task).OrderBy(f => f.Id).ToListAsync();
    }

    internal static object Repo { get; } = new { id = 1, full_name = "acme/shop" };

    internal static object User(string login) => new { login, id = AccountId(login), type = login.EndsWith("[bot]", StringComparison.Ordinal) ? "Bot" : "User" };

    internal static long AccountId(string login) => login.Aggregate(7L, (id, letter) => (id * 31) + letter);

    internal static object Mention(int number, long id, string login, string body, bool onPullRequest = true, string author = "cy", string text = "Steps") => new
    {
        action = "created",
        issue = onPullRequest
            ? (object)new { number, title = "Page 2 repeats users", body = text, state = "open", user = User(author), pull_request = new { url = "x" } }
            : new { number, title = "Page 2 repeats users", body = "Steps", state = "open", user = User("cy") },
        comment = new { id, body, user = User(login) },
        repository = Repo,
        sender = User(login),
    };

    internal static object Review(int number, long id, string login, string body, string state = "changes_requested") => new
    {
        action = "submitted",
        review = new { id, state, body, user = User(login), commit_id = "2222222222222222222222222222222222222222" },
        pull_request = new { number, state = "open" },
        repository = Repo,
        sender = User(login),
    };

    internal static object Line(int number, long id, string login, string body, long? replyTo = null, int? line = 12, int? start = null, string side = "RIGHT", string hunk = "@@ -10,2 +10,3 @@\n x\n+offset = page") => new
    {
        action = "created",
        comment = new { id, body, path = "src/page.py", line, start_line = start, side, diff_hunk = hunk, user = User(login), in_reply_to_id = replyTo },
        pull_request = new { number, state = "open" },
        repository = Repo,
        sender = User(login),
    };

    internal static ReviewComment Comment(long id, string login, string body, long? replyTo = null, DateTimeOffset updated = default) => new(id, body, "src/page.py", new UserInfo(login, "User"))
    {
        Line = 12,
        UpdatedAt = updated,
        InReplyToId = replyTo,
        DiffHunk = "@@ -10,2 +10,3 @@\n x\n+offset = page",
    };

    internal static object Changed(int number, string action, string head, string sender = "ana", int second = 0) => new
    {
        action,
        pull_request = new { number, state = action == "closed" ? "closed" : "open", head = new { @ref = "codex/fix", sha = head }, updated_at = $"2030-01-01T00:00:{second:00}Z" },
        repository = Repo,
        sender = User(sender),
    };

    internal static object Check(long id, string head, string name = "build", string conclusion = "failure") => new
    {
        action = "completed",
        check_run = new { id, head_sha = head, name, conclusion, check_suite = new { head_branch = "codex/fix" } },
        repository = Repo,
        sender = User("github-actions[bot]"),
    };

    internal static object Suite(string kind, long id, string head, string conclusion = "failure", string? app = "ci") => new Dictionary<string, object>(StringComparer.Ordinal)
    {
        ["action"] = "completed",
        [kind] = new { id, head_sha = head, head_branch = "codex/fix", name = kind == "check_suite" ? null : "CI", conclusion, app = app is null ? null : new { id = 5, slug = app } },
        ["repository"] = Repo,
        ["sender"] = User("ana"),
    };

    private static PullRequest Pull(Guid task, int local, int number, string head, IReadOnlyList<string> held, string branch) => new()
    {
        TaskId = task,
        Number = local,
        Forge = ForgeNames.GitHub,
        ForgeNumber = number,
        Url = $"{FakeGitHub.Url}/pull/{number}",
        Title = "Fix the pagination of users",
        Body = "The second page repeated the first.",
        Repository = $"{FakeGitHub.Url}.git",
        BaseRef = branch,
        Branch = $"codex/fix-{number}",
        HeadCommit = head,
        HeldForApproval = held,
        HeadTree = held.Count > 0 ? HeadTree.HeldLeftOut : HeadTree.Verified,
    };
}

/// <summary>A fake forge that writes down what it is asked for.</summary>
internal sealed class FakeForge : IForge
{
    public List<HeldApproval> Approvals { get; } = [];

    public List<int?> Closed { get; } = [];

    public string? Approved { get; set; }

    /// <summary>Where git reads the repository.</summary>
    public RepositoryAddress? Readable { get; set; }

    /// <summary>What happens before git reads the repository.</summary>
    public Func<Task>? BeforeReading { get; set; }

    public PatchByHand? ByHand { get; set; }

    // In the place of the one that serves everything.
    public string Name => "local";

    public async Task<RepositoryAddress> ReadableAsync(RepositoryAddress repository, CancellationToken cancellationToken)
    {
        await (BeforeReading?.Invoke() ?? Task.CompletedTask);
        return Readable ?? repository;
    }

    public Task<OpenResult> OpenAsync(PullRequestDraft draft, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<MoveResult> MoveAsync(PullRequestMove move, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<MergeResult> MergeAsync(PullRequestReference pullRequest, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<CloseResult> CloseAsync(PullRequestReference pullRequest, CancellationToken cancellationToken)
    {
        Closed.Add(pullRequest.Number);
        return Task.FromResult<CloseResult>(new CloseResult.Closed());
    }

    public Task<ApproveResult> ApproveHeldAsync(HeldApproval approval, CancellationToken cancellationToken)
    {
        Approvals.Add(approval);
        return Task.FromResult<ApproveResult>(Approved is null ? new ApproveResult.Refused("the branch is gone") : new ApproveResult.Approved(Approved) { ByHand = ByHand });
    }
}

/// <summary>Hears of errors inside the service, which are logged and tried again.</summary>
internal sealed class BrokenDeliveries(Action<Exception> hear) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is not null)
        {
            hear(exception);
        }
    }

    public void Dispose()
    {
    }
}
