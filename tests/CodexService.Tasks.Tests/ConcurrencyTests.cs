using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Leases;
using CodexService.Testing;

namespace CodexService.Tasks.Tests;

public sealed class ConcurrencyTests(TasksFixture tasks) : DatabaseTest(tasks)
{
    private const int Actors = 16;
    private const int Operations = 25;

    [Fact]
    public async Task MixedOperationsOnTheSameTasks_SixteenAtOnce_NeitherDeadlockNorBreakTheInvariants()
    {
        var other = OtherProcess;
        var ids = new List<Guid>();
        for (var i = 0; i < 4; i++)
        {
            ids.Add(await Services.SubmitAsync(attempts: 3));
        }

        // Any other exception, a deadlock above all, fails the test.
        await Task.WhenAll(Enumerable.Range(0, Actors).Select(actor => new Actor(actor % 2 == 0 ? Services : other, ids, actor).RunAsync(Operations)));

        foreach (var id in ids)
        {
            var detail = await Services.DetailAsync(id);
            var events = await Services.EventsAsync(id);
            Assert.Equal(Enumerable.Range(1, (int)detail.LastSeq).Select(seq => (long)seq), events.Select(e => e.Seq));
            var active = detail.Attempts.Count(a => a.State is AttemptState.Queued or AttemptState.Running);
            Assert.Equal(CodingTask.IsTerminalState(detail.Summary.State) || detail.Summary.State == TaskState.Publishing, active == 0);
            var round = events.Reverse().TakeWhile(e => e.Type is not (TaskEventTypes.TaskRetried or TaskEventTypes.AttemptChosen)).ToList();
            Assert.Equal(CodingTask.IsTerminalState(detail.Summary.State) ? 1 : 0, round.Count(e => e.Type == TaskEventTypes.TaskFinished));
        }
    }

    private sealed class Actor(TaskServices services, List<Guid> ids, int seed)
    {
        private readonly Random random = new(seed);
        private readonly List<AttemptLease> leases = [];

        public async Task RunAsync(int operations)
        {
            for (var i = 0; i < operations; i++)
            {
                try
                {
                    await OperateAsync();
                }
                catch (Exception e) when (e is TaskConflictException or LeaseLostException)
                {
                    // Another actor was first.
                }
            }
        }

        private Task OperateAsync() => random.Next(11) switch
        {
            0 or 1 => ClaimNextAsync(),
            2 => RecordAsync(),
            3 => WithLease(lease => services.Leases.HeartbeatAsync(lease, CancellationToken.None)),
            4 => WithLease(lease => services.FinishAsync(lease, AttemptState.NoChange)),
            5 => WithLease(services.SucceedAsync),
            6 => WithLease(lease => services.Leases.ReleaseAsync(lease, CancellationToken.None)),
            7 => RescueAsync(),
            8 => ChangeAsync((task, now) => task.RequestCancel(now)),
            9 => ChangeAsync((task, now) => task.Choose(random.Next(task.RoundStart, task.Attempts.Count + 1), now)),
            _ => ChangeAsync((task, now) =>
            {
                if (task.State == TaskState.Publishing)
                {
                    task.FailPublishing("closed", now);
                }
                else
                {
                    task.Retry();
                }
            }),
        };

        private async Task ClaimNextAsync()
        {
            if (await services.Leases.ClaimNextAsync($"worker-{seed}", CancellationToken.None) is { } claim)
            {
                leases.Add(claim.Lease);
            }
        }

        private Task RecordAsync() => WithLease(lease => services.Leases.RecordAsync(
            lease, new AttemptReport(TaskEventTypes.Progressed, "searching") { CandidatesTried = random.Next(100) }, CancellationToken.None));

        private async Task RescueAsync()
        {
            await Sql.ExecuteAsync(services.Database, "UPDATE attempts SET lease_until = clock_timestamp() - interval '1 second' WHERE id = (SELECT id FROM attempts WHERE state = 'Running' LIMIT 1)");
            await services.Rescuer.RescueAsync(CancellationToken.None);
        }

        private Task<CodingTask?> ChangeAsync(Action<CodingTask, DateTimeOffset> change) =>
            services.Store.ChangeAsync(ids[random.Next(ids.Count)], (task, now, _) => change(task, now), CancellationToken.None);

        private Task WithLease(Func<AttemptLease, Task> use) => leases.Count == 0 ? ClaimNextAsync() : use(leases[random.Next(leases.Count)]);
    }
}
