using System.Globalization;
using CodexService.Contracts.Api;
using CodexService.Tasks;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Leases;
using CodexService.Tasks.PullRequests;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Tests.FollowUps;

/// <summary>All that people did about one issue, told in any order and twice, while a worker is now ahead and now behind.</summary>
public sealed class ReorderedDeliveriesTests(GitHubWorld world) : IClassFixture<GitHubWorld>
{
    private const int IssuesPerSeed = 2;
    private static readonly DateTimeOffset Start = new(2020, 1, 1, 10, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<Guid, AttemptLease> leases = [];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Deliver_WholeSequenceShuffled_IsNeverTwoTasksAndStopsHold(int seed)
    {
        var random = new Random(seed);
        var kinds = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < IssuesPerSeed; i++)
        {
            var issue = world.Next();
            var stopsLast = i % 2 == 0;
            var told = Sequence(issue, stopsLast);
            var order = told.Concat(told.Where(_ => random.Next(3) == 0)).OrderBy(_ => random.Next()).ToList();
            foreach (var (name, payload) in order)
            {
                await world.DeliverAsync(name, payload);
                var (active, open) = await LookAsync(issue);
                Assert.True(active.Count <= 1 && open <= 1, $"{active.Count} active tasks and {open} open pull requests of issue #{issue}");
                await WorkAsync(issue, random);
            }

            var last = Start.AddMinutes(stopsLast ? 40 : 15).AddSeconds(1);
            var left = (await LookAsync(issue)).Active;
            Assert.All(left, latest => Assert.True(latest > last, $"what was asked for at {latest:O} runs although it was stopped afterwards (issue #{issue})"));
            Assert.False(stopsLast && left.Count > 0);
            kinds.Add(left.Count > 0 ? "runs" : "rests");
        }

        Assert.Contains("rests", kinds);
    }

    private List<(string Name, object Payload)> Sequence(int issue, bool stopsLast)
    {
        List<(string, object)> told =
        [
            ("issues", IssuePayloads.Labeled(issue, At(0))),
            ("issues", IssuePayloads.Assigned(issue, At(0, 20))),
            ("issue_comment", IssuePayloads.Said(issue, world.Next(), At(5), "@codex look at cart.py too")),
            ("issues", IssuePayloads.Labeled(issue, At(8), action: "closed")),
            ("issues", IssuePayloads.Labeled(issue, At(10), action: "reopened")),
            ("issue_comment", IssuePayloads.Said(issue, world.Next(), At(15), "@codex stop")),
            ("issues", IssuePayloads.Labeled(issue, At(25))),
            ("issue_comment", IssuePayloads.Said(issue, world.Next(), At(30), "@codex mend the docs too")),
        ];
        if (stopsLast)
        {
            told.Add(("issue_comment", IssuePayloads.Said(issue, world.Next(), At(40), "@codex stop")));
        }

        return told;
    }

    // When what runs was asked for, the latest of it; and how many pull requests are open.
    private async Task<(List<DateTimeOffset> Active, int Open)> LookAsync(int issue)
    {
        await using var db = await world.Services.Contexts.CreateDbContextAsync();
        var tasks = await (
            from origin in db.TaskOrigins
            where origin.Number == issue
            join task in db.Tasks on origin.TaskId equals task.Id
            select new
            {
                task.State,
                task.CancelRequested,
                Pull = (PullRequestState?)task.PullRequest!.State,
                Asked = origin.SaidAt!.Value,
                More = db.PendingFollowUps.Where(f => f.TaskId == task.Id && f.PromptNumber != null).Max(f => f.SaidAt),
            }).ToListAsync();
        return (
            [.. tasks.Where(task => !CodingTask.IsTerminalState(task.State) && !task.CancelRequested).Select(task => task.More > task.Asked ? task.More.Value : task.Asked)],
            tasks.Count(task => task.Pull is PullRequestState.Open));
    }

    private async Task WorkAsync(int issue, Random random)
    {
        await using var db = await world.Services.Contexts.CreateDbContextAsync();
        var tasks = await (from origin in db.TaskOrigins where origin.Number == issue join task in db.Tasks on origin.TaskId equals task.Id orderby task.Id select task.Id).ToListAsync();
        foreach (var id in tasks)
        {
            var detail = await world.Services.DetailAsync(id);
            if (CodingTask.IsTerminalState(detail.Summary.State))
            {
                leases.Remove(id);
            }
            else if (!leases.TryGetValue(id, out var lease))
            {
                if (random.Next(2) == 0)
                {
                    leases[id] = await world.ClaimAsync(id);
                }
            }
            else if (detail.CancelRequested)
            {
                await EndAsync(lease, AttemptState.Cancelled);
            }
            else if (random.Next(3) == 0)
            {
                await EndAsync(lease, AttemptState.NoChange);
            }
            else if (random.Next(3) == 0)
            {
                leases.Remove(id);
                if (detail.PullRequest is null)
                {
                    await world.PublishedAsync(lease, world.Next(), world.Commit());
                }
                else
                {
                    await world.Services.SucceedAsync(lease);
                    await world.Services.Store.ChangeAsync(id, (task, now, _) => task.MovePullRequest(new PullRequestHead(world.Commit(), "body", []), now), default);
                }
            }
        }

        await world.LookAsync();
    }

    private async Task EndAsync(AttemptLease lease, AttemptState state)
    {
        leases.Remove(lease.TaskId);
        await world.Services.FinishAsync(lease, state);
    }

    private static string At(int minute, int second = 0) => Start.AddMinutes(minute).AddSeconds(second).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
