using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Testing;

namespace CodexService.PullRequests.Tests.Reporting;

/// <summary>The place in the queue, as people see it on GitHub.</summary>
[Collection(ReportingCollection.Name)]
public sealed class QueuePlaceTests(ReportingServers servers) : ReportingTest(servers)
{
    [Fact]
    public async Task ReportAsync_TasksThatWait_AreToldTheirPlaceAndHowItFalls()
    {
        // What earlier tests left in the shared queue.
        await Sql.ExecuteAsync(Services.Database, "UPDATE attempts SET state = 'Cancelled' WHERE state = 'Queued'");
        var queue = new List<(Guid Task, Guid Attempt)>();
        foreach (var _ in Enumerable.Range(0, 3))
        {
            var task = await SubmitAsync();
            queue.Add((task, (await Services.DetailAsync(task)).Attempts.Single().Id));
        }

        // As workers claim; those of the same millisecond have no order of their own.
        queue = [.. queue.OrderBy(one => $"{one.Attempt:D}", StringComparer.Ordinal)];
        Assert.Equal(["Queued, next in line", "Queued, 1 attempt before it", "Queued, 2 attempts before it"], await ShownAsync());

        Assert.NotNull(await Services.Leases.ClaimAsync(queue[0].Attempt, "worker", default));
        Assert.Equal(["Working on it: starting", "Queued, next in line", "Queued, 1 attempt before it"], await ShownAsync());

        var lease = (await Services.Leases.ClaimAsync(queue[1].Attempt, "worker", default))!.Lease;
        await Services.FinishAsync(lease, AttemptState.NoChange);
        Assert.Equal(["Working on it: starting", "No verified change was found", "Queued, next in line"], await ShownAsync());

        async Task<IReadOnlyList<string>> ShownAsync()
        {
            foreach (var (task, _) in queue)
            {
                await ReportAsync(task);
            }

            var comments = await CommentsAsync();
            Assert.Equal(3, comments.Count);
            return [.. queue.Select(one => comments.Single(comment => comment.Body.StartsWith($"<!-- codex:task:{one.Task:D}", StringComparison.Ordinal)).Body.Split('\n').First(line => line.StartsWith("### ", StringComparison.Ordinal)).Split(' ', 3)[2])];
        }
    }
}
