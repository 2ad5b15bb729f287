using CodexService.Tasks.FollowUps;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.Tests.Persistence;

/// <summary>What had ended when the service learned to tell GitHub of it.</summary>
public sealed class SettledReportsTests(TasksFixture tasks) : DatabaseTest(tasks)
{
    private const string Head = "2222222222222222222222222222222222222222";

    [Fact]
    public async Task Up_TasksThatEndedWithAPullRequest_AreSettledAndTheirFixesNoted()
    {
        var (elsewhere, asked, running) = (await PublishedAsync(), await PublishedAsync(), await PublishedAsync());
        await Sql.ExecuteAsync(
            Services.Database,
            $"""
            INSERT INTO task_origins (task_id, repository, number, is_pull_request, requested_by, url, title)
            VALUES ('{asked}', 'acme/shop', 7, false, 'ann', 'https://github.com/acme/shop/issues/7', 'Totals are wrong');
            UPDATE tasks SET state = 'Failed' WHERE id = '{elsewhere}';
            UPDATE tasks SET state = 'Running' WHERE id = '{running}';
            INSERT INTO pending_follow_ups (id, task_id, repository, key, kind, is_steerable, head_commit, state, prompt_number, outcome)
            VALUES (gen_random_uuid(), '{elsewhere}', 'acme/shop', 'check:1', 'Check', false, '{Head}', 'Started', 1, 'follow-up 0');
            """);
        var pending = Services.Get<PendingFollowUps>();
        Assert.Single(await pending.FruitlessFixesAsync(default));
        await using var db = await Services.Contexts.CreateDbContextAsync();

        await db.Database.MigrateAsync("20261121180100_ManifestAddresses");
        await db.Database.MigrateAsync();

        var report = await db.GitHubReports.SingleAsync();
        Assert.Equal((elsewhere, true, (await db.Tasks.SingleAsync(task => task.Id == elsewhere)).LastSeq), (report.TaskId, report.Settled, report.SeenSeq));
        Assert.Empty(await pending.FruitlessFixesAsync(default));
        Assert.Equal(1, await pending.CheckFixesAsync(elsewhere, default));
    }

    private async Task<Guid> PublishedAsync()
    {
        var lease = await Services.SubmitAndClaimAsync();
        await Services.SucceedAsync(lease);
        var number = await Services.OpenPullRequestAsync(lease.TaskId);
        await Sql.ExecuteAsync(Services.Database, $"UPDATE pull_requests SET forge = 'github', forge_number = {number}, url = 'https://github.com/acme/shop/pull/{number}' WHERE task_id = '{lease.TaskId}'");
        return lease.TaskId;
    }
}
