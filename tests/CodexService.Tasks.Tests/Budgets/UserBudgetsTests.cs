using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Budgets;
using CodexService.Tasks.Leases;
using CodexService.Tasks.Turns;
using CodexService.Testing;
using Microsoft.Extensions.Options;

namespace CodexService.Tasks.Tests.Budgets;

public sealed class UserBudgetsTests(TasksFixture tasks) : DatabaseTest(tasks)
{
    private AttemptTurns Turns => Services.Get<AttemptTurns>();

    [Fact]
    public async Task StandingAsync_TurnsOfFailedAndRunningAttempts_CountForWhoAsked()
    {
        var alice = await ClaimAsync("alice");
        await Turns.WriteAsync(alice, 1, "{}", new TokenUsage(100, 60, 10, 0.5m), CancellationToken.None);
        await Turns.WriteAsync(alice, 1, """{"results":[]}""", new TokenUsage(100, 60, 10, 0.5m), CancellationToken.None);
        await Turns.CountUnansweredAsync(alice, 2, new TokenUsage(40, 0, 0, 0.1m), CancellationToken.None);
        await Services.FinishAsync(alice, AttemptState.Failed);
        var running = await ClaimAsync("alice");
        await Turns.WriteAsync(running, 1, "{}", new TokenUsage(1, 0, 1, 0), CancellationToken.None);
        await Turns.WriteAsync(await ClaimAsync("bob"), 1, "{}", new TokenUsage(9000, 0, 0, 9), CancellationToken.None);
        await Sql.ExecuteAsync(Services.Database, "UPDATE attempts SET started_at = started_at - interval '2 minutes' WHERE state = 'Running' AND requested_by = 'alice'");

        var standing = await With().StandingAsync("alice", CancellationToken.None);

        Assert.Equal((2L, 152L, 0.6m), (standing.Used.Turns, standing.Used.Tokens, standing.Used.Cost));
        Assert.InRange(standing.Used.WallClockMinutes!.Value, 2, 60);
        Assert.Null(standing.UsedUp);
    }

    [Fact]
    public async Task StandingAsync_LimitUsedUp_SaysWhatAndWhenSomethingIsFree()
    {
        var lease = await ClaimAsync("alice");
        foreach (var (turn, hours) in new[] { (1, 20), (2, 10), (3, 1) })
        {
            await Turns.WriteAsync(lease, turn, "{}", new TokenUsage(100, 0, 0, 0), CancellationToken.None);
            await Sql.ExecuteAsync(Services.Database, $"UPDATE usage_entries SET at = clock_timestamp() - interval '{hours} hours' WHERE source = 'turn:{turn}'");
        }

        var standing = await With(options => options.PerUser.Tokens = 200).StandingAsync("alice", CancellationToken.None);

        // 300 of 200: the oldest and the second have to leave the window before less than 200 are in it.
        var second = await Sql.ScalarAsync<DateTime>(Services.Database, "SELECT at FROM usage_entries WHERE source = 'turn:2'");
        Assert.Equal(new DateTimeOffset(second, TimeSpan.Zero).AddHours(24), standing.FreesUpAt);
        Assert.StartsWith("The budget of alice is used up: 300 of 200 tokens within 24 h; something is free again at ", standing.UsedUp, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StandingAsync_UseOlderThanTheWindow_IsForgotten()
    {
        var lease = await ClaimAsync("alice");
        await Turns.WriteAsync(lease, 1, "{}", new TokenUsage(300, 0, 0, 0), CancellationToken.None);
        await Sql.ExecuteAsync(Services.Database, "UPDATE usage_entries SET at = at - interval '2 hours'");
        var standing = await With(options => (options.PerUser.Tokens, options.Window) = (200, TimeSpan.FromHours(1))).StandingAsync("alice", CancellationToken.None);
        Assert.Equal((0L, null), (standing.Used.Tokens, standing.UsedUp));
    }

    [Fact]
    public async Task StandingAsync_UserWithABudgetOfTheirOwn_HasThatOneAlone()
    {
        var budgets = With(options =>
        {
            options.PerUser.Turns = 1;
            options.Users.Add(new NamedBudgetOptions { Name = "alice", Cost = 3 });
        });
        Assert.Equal(new BudgetAmounts(null, null, 3, null), (await budgets.StandingAsync("alice", CancellationToken.None)).Limits);
        Assert.Equal(new BudgetAmounts(1, null, null, null), (await budgets.StandingAsync("bob", CancellationToken.None)).Limits);
        Assert.False(With().IsLimited("alice"));
    }

    [Theory]
    [InlineData("Window", "00:00:01", "Budgets:Window has to be from 1 minute")]
    [InlineData("PerUser:Tokens", "0", "Budgets:PerUser: Tokens, Cost, Turns and WallClockMinutes have to be more than 0")]
    [InlineData("Users:0:Turns", "5", "Budgets:Users:0:Name is missing")]
    public async Task Options_OutOfRange_AreRefusedWithTheKey(string key, string value, string line)
    {
        await using var process = StartProcess();
        process.Get<Microsoft.Extensions.Configuration.IConfiguration>()["Budgets:" + key] = value;
        var problem = Assert.Throws<OptionsValidationException>(() => process.Get<IOptions<BudgetOptions>>().Value);
        Assert.Contains(line, problem.Message, StringComparison.Ordinal);
    }

    private UserBudgets With(Action<BudgetOptions>? configure = null)
    {
        var options = new BudgetOptions();
        configure?.Invoke(options);
        return new UserBudgets(Services.Contexts, Options.Create(options));
    }

    private async Task<AttemptLease> ClaimAsync(string user)
    {
        var id = (await Services.Store.SubmitAsync(TaskServices.Submission() with { SubmittedBy = user }, CancellationToken.None)).TaskId;
        return (await Services.Leases.ClaimAsync((await Services.DetailAsync(id)).Attempts.Single().Id, "worker", CancellationToken.None))!.Lease;
    }
}
