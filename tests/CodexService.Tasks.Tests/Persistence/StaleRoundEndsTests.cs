using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.FollowUps;
using CodexService.Tasks.Rounds;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.Tests.Persistence;

/// <summary>While an upgrade rolls out, processes of a version that knows nothing of rounds' ends begin and end rounds, too.</summary>
public sealed class StaleRoundEndsTests(TasksFixture tasks) : DatabaseTest(tasks)
{
    private const string Head = "2222222222222222222222222222222222222222";

    [Fact]
    public async Task Update_EarlierVersionBeginsARound_NoEndIsToldUntilThatRoundHasEnded()
    {
        var task = await FailedFollowUpAsync();
        await Sql.ExecuteAsync(
            Services.Database,
            $"""
            INSERT INTO pending_follow_ups (id, task_id, repository, key, kind, is_steerable, head_commit, state, prompt_number, outcome)
            VALUES (gen_random_uuid(), '{task}', 'acme/shop', 'check:1', 'Check', false, '{Head}', 'Started', 2, 'round 2');
            """);
        Assert.Single(await Services.Get<PendingFollowUps>().FruitlessFixesAsync(default));

        await BeginAsEarlierVersionAsync(task);
        Assert.Equal((TaskState.Running, null), await StandAsync(task));
        Assert.Empty(await Services.Get<PendingFollowUps>().FruitlessFixesAsync(default));

        await Sql.ExecuteAsync(Services.Database, $"UPDATE tasks SET state = 'Publishing' WHERE id = '{task}'; UPDATE tasks SET state = 'Succeeded', finished_at = now() WHERE id = '{task}'");
        Assert.Equal((TaskState.Succeeded, null), await StandAsync(task));
    }

    [Fact]
    public async Task Up_EarlierVersionBeganARoundBefore_TakesTheStaleEndAway()
    {
        var (begun, ended) = (await FailedFollowUpAsync(), await FailedFollowUpAsync());
        await using var db = await Services.Contexts.CreateDbContextAsync();
        await db.Database.MigrateAsync("20261122020700_GitHubAnswers");
        await BeginAsEarlierVersionAsync(begun);

        await db.Database.MigrateAsync();

        Assert.Equal((TaskState.Running, null), await StandAsync(begun));
        Assert.Equal((TaskState.Succeeded, new RoundEnd(2, TaskState.Failed, "the branch was moved")), await StandAsync(ended));
    }

    private async Task<(TaskState State, RoundEnd? LastRound)> StandAsync(Guid id)
    {
        await using var db = await Services.Contexts.CreateDbContextAsync();
        var task = await db.Tasks.AsNoTracking().Include(one => one.Attempts).SingleAsync(one => one.Id == id);
        Assert.Equal(task.LastRound?.State ?? task.State, task.Outcome);
        Assert.True(task.RoundState is not null || (task.RoundReason, task.UnpublishedAttemptId) == (null, null));
        return (task.State, task.LastRound);
    }

    // What it sets; it has no names for the other columns.
    private async Task BeginAsEarlierVersionAsync(Guid task) => await Sql.ExecuteAsync(
        Services.Database, $"UPDATE tasks SET state = 'Running', reason = NULL, finished_at = NULL, winning_attempt_id = NULL WHERE id = '{task}'");

    private async Task<Guid> FailedFollowUpAsync()
    {
        var lease = await Services.SubmitAndClaimAsync();
        await Services.SucceedAsync(lease);
        await Services.OpenPullRequestAsync(lease.TaskId);
        await Services.Get<TaskRounds>().FollowUpAsync(lease.TaskId, "Also round the total", null, "alice", default);
        var attempt = (await Services.DetailAsync(lease.TaskId)).Attempts[^1];
        await Services.FinishAsync((await Services.Leases.ClaimAsync(attempt.Id, "worker-1", default))!.Lease, AttemptState.Failed, "the branch was moved");
        return lease.TaskId;
    }
}
