using System.Globalization;
using System.Text.Json;
using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.FollowUps;
using CodexService.PullRequests.Forges;
using CodexService.PullRequests.Opening;
using CodexService.PullRequests.Pending;
using CodexService.PullRequests.Reporting;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.Leases;
using CodexService.Tasks.Reports;
using CodexService.Testing;
using CodexService.Testing.GitHub;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.PullRequests.Tests.Deliveries;

/// <summary>From the label on an issue to what people see, with faults in all that lies between: one pull request, or one clear failure on the issue.</summary>
[Collection(EmulatedWorldTests.Name)]
public sealed class FaultedIssueTests(EmulatedWorld world)
{
    // Few enough that the limit of writes a minute is not met.
    private const int SeedsInAGroup = 4;
    private const int MostLives = 30;

    // What passes; the emulator draws among these and refusals.
    private static readonly string[] Passing = ["cut", "lost", "failed", "limit", "busy"];

    /// <summary>Seeds: 40 issues.</summary>
    public static TheoryData<int> Groups => [.. Enumerable.Range(0, 10)];

    [Theory]
    [MemberData(nameof(Groups))]
    public async Task Issue_FaultsDrawnBySeed_EndsInOnePullRequestOrOneClearFailure(int group)
    {
        var repository = await world.RepositoryAsync(("a.py", "one\n"));
        using var work = await TestRepository.CreateAsync();
        await work.GitAsync("-c", "credential.helper=", "pull", "-q", world.Emulator.CloneUrl(repository), "main");
        var (baseCommit, patch) = (await work.HeadAsync(), await work.PatchAsync(("a.py", "two\n")));
        await using var services = new TaskServices(world.Services.Database, Compose);
        var (injected, opened) = (0, 0);
        for (var seed = group * SeedsInAGroup; seed < (group + 1) * SeedsInAGroup; seed++)
        {
            var number = await world.LabeledIssueAsync(repository, "ann", "Make it two", "It is one.");

            // What goes by itself may go on for as long as the delivery is decided.
            foreach (var i in (int[])[0, 1])
            {
                await world.Emulator.Control.InjectAsync(new EmulatedFault { Kind = Passing[(seed + (2 * i)) % Passing.Length], Path = $"^/repos/{repository}", Skip = ((3 * seed) + (2 * i)) % 6 });
            }

            var delivery = await DeliverAsync(services, repository, number);
            injected += (await world.Emulator.Control.CalmAsync()).Count;
            Assert.Equal((DeliveryState.Acted, $"a task was started for issue #{number}"), (delivery.State, delivery.Decision));
            var task = delivery.TaskId!.Value;
            await VerifyAsync(services, task, baseCommit, patch);

            // Before the draws, as the first fault of a call counts.
            if (seed % 5 == 4)
            {
                await world.Emulator.Control.InjectAsync(new EmulatedFault
                {
                    Kind = "answer", Method = "POST", Path = $"^/repos/{repository}/pulls$", Times = 0, Status = 403, Body = new { message = "Resource not accessible by integration" },
                });
            }

            // A refusal of the comment itself can be told nobody: of those calls only what passes is drawn.
            await world.Emulator.Control.InjectAsync(new EmulatedFault { Seed = seed, Path = $"^/repos/{repository}/(?!issues)", Rate = 0.25, Most = 6 });
            await world.Emulator.Control.InjectAsync(new EmulatedFault { Kind = Passing[seed % Passing.Length], Path = $"^/repos/{repository}/issues/{number}/", Skip = seed % 3, Times = 2 });

            var report = await PublishAsync(services, task);
            injected += (await world.Emulator.Control.CalmAsync()).Count;
            var isOpen = await LookAsync(services, repository, number, task, report);
            opened += isOpen ? 1 : 0;
            Assert.False(isOpen && seed % 5 == 4, "a pull request that GitHub forbids is open");
        }

        Assert.InRange(opened, 1, SeedsInAGroup);
        Assert.True(injected > 2 * SeedsInAGroup, $"only {injected} faults were injected");
    }

    // As a delivery that waits: handled again until it is decided.
    private static async Task<Delivery> DeliverAsync(TaskServices services, string repository, int number)
    {
        var id = Guid.NewGuid().ToString();
        var payload = new
        {
            action = "labeled",
            label = new { name = "codex" },
            issue = new { number, title = "Make it two", body = "It is one.", state = "open", user = new { login = "ann", type = "User" } },
            repository = new { id = 1, full_name = repository },
            sender = new { login = "ann", type = "User" },
        };
        await services.Get<DeliveryStore>().AddAsync(new Delivery { Id = id, Event = "issues", Body = JsonSerializer.SerializeToUtf8Bytes(payload) }, default);
        for (var life = 0; life < MostLives; life++)
        {
            await services.Get<DeliveryHandler>().HandleAsync(id, default);
            await using var db = await services.Contexts.CreateDbContextAsync();
            if (await db.Deliveries.AsNoTracking().SingleAsync(one => one.Id == id) is { State: not DeliveryState.Received } handled)
            {
                return handled;
            }

            await Sql.ExecuteAsync(services.Database, $"UPDATE deliveries SET held_until = NULL WHERE id = '{id}'");
        }

        throw new TimeoutException($"the delivery of {repository}#{number} does not end");
    }

    private static async Task VerifyAsync(TaskServices services, Guid task, string baseCommit, string patch)
    {
        var lease = (await services.Leases.ClaimAsync((await services.DetailAsync(task)).Attempts[0].Id, "worker", default))!.Lease;
        await services.Leases.RecordAsync(lease, new AttemptReport(TaskEventTypes.StageStarted, "Checking out") { BaseCommit = baseCommit }, default);
        var usual = TaskServices.Result(lease);
        var result = new AttemptResult
        {
            AttemptId = usual.AttemptId,
            TaskId = usual.TaskId,
            Brain = usual.Brain,
            Patch = patch,
            Title = "Make it two",
            Summary = usual.Summary,
            Verification = usual.Verification,
        };
        await services.Leases.FinishAsync(lease, new AttemptOutcome(AttemptState.Succeeded, "the patch is verified", result), default);
    }

    // As the pollers do, but for their pauses: each time a process that has just started.
    private static async Task<GitHubReport> PublishAsync(TaskServices services, Guid task)
    {
        for (var life = 0; life < MostLives; life++)
        {
            await services.Get<TaskReporter>().ReportAsync(task, default);
            await ActivatorUtilities.CreateInstance<PullRequestOpener>(services.Get<IServiceProvider>(), new RetryPauses(TimeProvider.System)).OpenAsync(task, default);
            await services.Get<TaskReporter>().ReportAsync(task, default);
            await Sql.ExecuteAsync(services.Database, $"UPDATE github_reports SET next_try_at = NULL WHERE task_id = '{task}'");
            var summary = (await services.DetailAsync(task)).Summary;
            await using var db = await services.Contexts.CreateDbContextAsync();
            if (summary.State is TaskState.Succeeded or TaskState.Failed
                && await db.GitHubReports.AsNoTracking().SingleAsync(one => one.TaskId == task) is { Settled: true, Tries: 0 } report)
            {
                return report;
            }
        }

        throw new TimeoutException($"the task {task} does not end");
    }

    private async Task<bool> LookAsync(TaskServices services, string repository, int number, Guid task, GitHubReport report)
    {
        var calls = services.Get<IGitHub>().Repository(RepositoryName.Parse(repository));
        var summary = (await services.DetailAsync(task)).Summary;
        var branches = (await world.Emulator.Control.RefsAsync(repository)).Keys.Where(name => name.StartsWith($"refs/heads/codex/issue-{number}-", StringComparison.Ordinal)).ToList();
        var comment = Assert.Single(await world.CommentsAsync(repository, number));
        if (summary.State == TaskState.Failed)
        {
            Assert.StartsWith("the patch is verified, but its pull request could not be opened: ", summary.Reason, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', summary.Reason!);
            Assert.Contains("❌ It failed", comment, StringComparison.Ordinal);
            Assert.Contains("its pull request could not be opened", comment, StringComparison.Ordinal);
            Assert.InRange(branches.Count, 0, 1);
            foreach (var branch in branches)
            {
                Assert.Empty(await calls.PullRequests.ListByHeadAsync(branch["refs/heads/".Length..], default));
            }

            return false;
        }

        var pull = Assert.Single(await calls.PullRequests.ListByHeadAsync(Assert.Single(branches)["refs/heads/".Length..], default));
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"Closes #{number}"), pull.Body, StringComparison.Ordinal);
        Assert.Contains($"✅ Ready for review: [#{pull.Number}]", comment, StringComparison.Ordinal);
        var checks = await calls.Checks.ListAsync(pull.Head.Sha, "Codex verification", default);
        if (!report.Refused.HasFlag(GitHubReportParts.Check))
        {
            Assert.Equal("completed", Assert.Single(checks).Status);
        }

        return true;
    }

    private void Compose(IServiceCollection collection)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["GITHUB_API_URL"] = world.Emulator.Api.AbsoluteUri,
            ["CODEX_GITHUB_APP_ID"] = EmulatorFixture.AppId,
            ["CODEX_GITHUB_APP_KEY"] = world.Emulator.AppKey.ExportPkcs8PrivateKeyPem(),
            ["GitHub:Retries"] = "1",
            ["GitHub:RetryDelay"] = "00:00:00.001",
            ["GitHub:ContentWritesPerMinute"] = "80",
            ["Repositories:Folder"] = Path.Combine(world.Folder, "faulted"),
        }).Build();
        collection.AddSingleton<IConfiguration>(configuration);
        collection.AddGitHub(configuration, world.Folder);
        collection.AddForges();
        collection.AddSingleton<OneAtATime>();
        collection.AddSingleton<PullRequestOpener>();
        collection.AddFollowUps();
        collection.AddDeliveries();
        collection.AddGitHubReporting();
    }
}
