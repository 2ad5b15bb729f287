using System.Globalization;
using System.Text.Json;
using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Deliveries;
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
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.PullRequests.Tests.Deliveries;

/// <summary>From the label on an issue to what people see, with faults in all that lies between: one pull request, or one clear failure on the issue.</summary>
[Collection(EmulatedWorldTests.Name)]
public sealed class FaultedIssueTests(EmulatedWorld world, FaultedIssueService service) : IClassFixture<FaultedIssueService>
{
    private const int SeedsInAGroup = 10;
    private const int MostLives = 30;
    private const string Patch = "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-one\n+two\n";

    // What passes; the emulator draws among these and refusals.
    private static readonly string[] Passing = ["cut", "lost", "failed", "limit", "busy"];

    private TaskServices Services => service.Tasks;

    /// <summary>Seeds: 200 issues.</summary>
    public static TheoryData<int> Groups => [.. Enumerable.Range(0, 20)];

    [Theory]
    [MemberData(nameof(Groups))]
    public async Task Issue_FaultsDrawnBySeed_EndsInOnePullRequestOrOneClearFailure(int group)
    {
        var repository = await world.RepositoryAsync(("a.py", "one\n"));
        var baseCommit = (await world.Emulator.Control.RefsAsync(repository))["refs/heads/main"];
        var (injected, opened) = (new List<string>(), 0);
        for (var seed = group * SeedsInAGroup; seed < (group + 1) * SeedsInAGroup; seed++)
        {
            var number = await world.LabeledIssueAsync(repository, "ann", "Make it two", "It is one.");
            await FaultDeliveryAsync(repository, seed);
            var delivery = await DeliverAsync(repository, number);
            injected.AddRange(await world.Emulator.Control.CalmAsync());
            if (delivery.State == DeliveryState.Failed)
            {
                await LookAtRefusalAsync(repository, number, delivery);
                continue;
            }

            Assert.Equal((DeliveryState.Acted, $"a task was started for issue #{number}"), (delivery.State, delivery.Decision));
            var task = delivery.TaskId!.Value;
            var lease = (await Services.Leases.ClaimAsync((await Services.DetailAsync(task)).Attempts[0].Id, "worker", default))!.Lease;

            // What cannot be shown while it runs is made up for with the result.
            await world.Emulator.Control.InjectAsync(new EmulatedFault { Seed = seed, Path = $"^/repos/{repository}/issues", Rate = 0.4, Most = 3 });
            service.Restart();
            await ReportAsync(task);
            injected.AddRange(await world.Emulator.Control.CalmAsync());
            await VerifyAsync(lease, baseCommit);

            await FaultPublishingAsync(repository, number, seed);
            var report = await PublishAsync(task);
            var publishing = await world.Emulator.Control.CalmAsync();
            injected.AddRange(publishing);
            var isOpen = await LookAsync(repository, number, task, report, publishing);
            opened += isOpen ? 1 : 0;
            Assert.False(isOpen && seed % 5 == 4, "a pull request that GitHub forbids is open");
        }

        Assert.InRange(opened, 1, SeedsInAGroup);
        Assert.True(injected.Count > 3 * SeedsInAGroup, $"only {injected.Count} faults were injected");
        Assert.All((string[])[.. Passing, "refused"], kind => Assert.Contains(injected, fault => fault.StartsWith(kind, StringComparison.Ordinal)));
    }

    // What goes by itself may go on for as long as the delivery is decided. A refused look ends it. That a comment itself is refused can be told nobody.
    private async Task FaultDeliveryAsync(string repository, int seed)
    {
        if (seed % 4 == 1)
        {
            await world.Emulator.Control.InjectAsync(new EmulatedFault { Kind = "refused", Method = "GET", Path = $"^/repos/{repository}", Skip = seed / 4 % 10 });
        }

        foreach (var i in (int[])[0, 1])
        {
            await world.Emulator.Control.InjectAsync(new EmulatedFault
            {
                Kind = Passing[(seed + (2 * i)) % Passing.Length], Path = $"^/repos/{repository}", Skip = ((3 * seed) + (2 * i)) % 6, Seconds = seed % 3 == 0 ? 60 : 0,
            });
        }
    }

    private async Task FaultPublishingAsync(string repository, int number, int seed)
    {
        // Before the draws, as the first fault of a call counts.
        if (seed % 5 == 4)
        {
            await world.Emulator.Control.InjectAsync(new EmulatedFault
            {
                Kind = "answer", Method = "POST", Path = $"^/repos/{repository}/pulls$", Times = 0, Status = 403, Body = new { message = "Resource not accessible by integration" },
            });
        }

        // Longer than one process tries: the next one has to look again.
        var rest = seed % 2 == 0 ? $"^/repos/{repository}/issues/\\d+/labels$" : $"^/repos/{repository}/pulls/\\d+/requested_reviewers$";
        if (seed % 4 >= 2)
        {
            await world.Emulator.Control.InjectAsync(new EmulatedFault { Kind = Passing[seed % Passing.Length], Method = "POST", Path = rest, Times = 3 });
        }

        // A refusal of the comment with the result, or of the token for it, can be told nobody: of those calls only what passes is drawn.
        await world.Emulator.Control.InjectAsync(new EmulatedFault { Seed = seed, Path = $"^/repos/{repository}/(?!issues|installation)", Rate = 0.25, Most = 6 });
        await world.Emulator.Control.InjectAsync(new EmulatedFault
        {
            Kind = Passing[seed % Passing.Length], Path = $"^/repos/{repository}/issues/{number}/", Skip = seed % 3, Times = 2, Seconds = seed % 3 == 1 ? 60 : 0,
        });
    }

    // As a delivery that waits: handled again until it is decided.
    private async Task<Delivery> DeliverAsync(string repository, int number)
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
        await Services.Get<DeliveryStore>().AddAsync(new Delivery { Id = id, Event = "issues", Body = JsonSerializer.SerializeToUtf8Bytes(payload) }, default);
        for (var life = 0; life < MostLives; life++)
        {
            service.Restart();
            await Services.Get<DeliveryHandler>().HandleAsync(id, default);
            await using var db = await Services.Contexts.CreateDbContextAsync();
            if (await db.Deliveries.AsNoTracking().SingleAsync(one => one.Id == id) is { State: not DeliveryState.Received } handled)
            {
                return handled;
            }

            await Sql.ExecuteAsync(Services.Database, $"UPDATE deliveries SET held_until = NULL WHERE id = '{id}'");
        }

        throw new TimeoutException($"the delivery of {repository}#{number} does not end");
    }

    private async Task VerifyAsync(AttemptLease lease, string baseCommit)
    {
        await Services.Leases.RecordAsync(lease, new AttemptReport(TaskEventTypes.StageStarted, "Checking out") { BaseCommit = baseCommit }, default);
        var usual = TaskServices.Result(lease);
        var result = new AttemptResult
        {
            AttemptId = usual.AttemptId,
            TaskId = usual.TaskId,
            Brain = usual.Brain,
            Patch = Patch,
            Title = "Make it two",
            Summary = usual.Summary,
            Verification = usual.Verification,
        };
        await Services.Leases.FinishAsync(lease, new AttemptOutcome(AttemptState.Succeeded, "the patch is verified", result), default);
    }

    private async Task ReportAsync(Guid task)
    {
        await Services.Get<TaskReporter>().ReportAsync(task, default);
        await Sql.ExecuteAsync(Services.Database, $"UPDATE github_reports SET next_try_at = NULL WHERE task_id = '{task}'");
    }

    // As the pollers do, but for their pauses: each time a process that has just started.
    private async Task<GitHubReport> PublishAsync(Guid task)
    {
        for (var life = 0; life < MostLives; life++)
        {
            service.Restart();
            await ActivatorUtilities.CreateInstance<PullRequestOpener>(Services.Get<IServiceProvider>(), new RetryPauses(TimeProvider.System)).OpenAsync(task, default);
            await ReportAsync(task);
            await using var db = await Services.Contexts.CreateDbContextAsync();
            if (await db.Tasks.AnyAsync(one => one.Id == task && (one.State == TaskState.Succeeded || one.State == TaskState.Failed))
                && await db.GitHubReports.AsNoTracking().SingleAsync(one => one.TaskId == task) is { Settled: true, Tries: 0 } report)
            {
                return report;
            }
        }

        throw new TimeoutException($"the task {task} does not end");
    }

    private async Task LookAtRefusalAsync(string repository, int number, Delivery delivery)
    {
        Assert.Contains("Validation Failed", delivery.Decision, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', delivery.Decision!);
        var comment = Assert.Single(await world.CommentsAsync(repository, number));
        Assert.StartsWith("That did not work: GitHub refused to ", comment, StringComparison.Ordinal);
        Assert.Contains("Validation Failed", comment, StringComparison.Ordinal);
        Assert.DoesNotContain((await world.Emulator.Control.RefsAsync(repository)).Keys, name => name.StartsWith($"refs/heads/codex/issue-{number}-", StringComparison.Ordinal));
        await using var db = await Services.Contexts.CreateDbContextAsync();
        Assert.False(await db.TaskOrigins.AnyAsync(origin => origin.Repository == repository && origin.Number == number));
    }

    private async Task<bool> LookAsync(string repository, int number, Guid task, GitHubReport report, IReadOnlyList<string> faults)
    {
        var calls = Services.Get<IGitHub>().Repository(RepositoryName.Parse(repository));
        var summary = (await Services.DetailAsync(task)).Summary;
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
        await LookAtTheRestAsync(repository, pull.Number, faults);
        var checks = await calls.Checks.ListAsync(pull.Head.Sha, "Codex verification", default);
        if (!report.Refused.HasFlag(GitHubReportParts.Check))
        {
            Assert.Equal("completed", Assert.Single(checks).Status);
        }

        return true;
    }

    // What GitHub refuses is left out; what it could not do at that moment is there all the same.
    private async Task LookAtTheRestAsync(string repository, int number, IReadOnlyList<string> faults)
    {
        var pull = await world.Emulator.SendAsync("ann", HttpMethod.Get, $"repos/{repository}/pulls/{number}");
        if (!faults.Contains($"refused POST /repos/{repository}/issues/{number}/labels"))
        {
            Assert.Equal("codex", Assert.Single(pull.GetProperty("labels").EnumerateArray()).GetProperty("name").GetString());
        }

        if (!faults.Contains($"refused POST /repos/{repository}/pulls/{number}/requested_reviewers"))
        {
            Assert.Equal("ann", Assert.Single(pull.GetProperty("requested_reviewers").EnumerateArray()).GetProperty("login").GetString());
        }
    }
}
