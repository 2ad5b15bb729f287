using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Repositories;
using CodexService.Testing;
using Xunit.Abstractions;

namespace CodexService.Integration.Tests.Distributed;

/// <summary>The broker and the pull-request service die in between; nothing is lost and nothing happens twice.</summary>
[Collection(DistributedTests.Name)]
public sealed class OutageTests(DistributedStack stack, ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly TestRepository slow = UsersApi.Create();
    private readonly TestRepository quick = TestRepository.WithFailingPythonTest();

    [Fact]
    public async Task Broker_RestartedInTheMiddle_LosesNothing()
    {
        var running = await SubmitAsync(slow);
        await stack.Api.StageAsync(running, "localize", "search");
        await stack.Broker.KillAsync();
        var waiting = await SubmitAsync(quick);
        Assert.NotEqual(0, await WaitingMessagesAsync());

        // The attempt that runs needs no broker: claim, log and result are in the database.
        await stack.Api.EventAsync(running, entry => entry.Type == TaskEventTypes.PatchVerified);
        await stack.Broker.StartAgainAsync();

        var one = await stack.Api.SuccessAsync(running);
        var other = await stack.Api.SuccessAsync(waiting);
        slow.AssertPublishedOnce(one.Branch!, one.HeadCommit!);
        quick.AssertPublishedOnce(other.Branch!, other.HeadCommit!);
        await stack.WaitReadyAsync();
        await WaitDeliveredAsync();
    }

    [Fact]
    public async Task PullRequestService_KilledBetweenPushAndRecord_EndsWithOneBranchCommitAndPullRequest()
    {
        await stack.PullRequests.StopAsync();
        var id = await SubmitAsync(quick);
        await stack.Api.EventAsync(id, entry => entry.Type == TaskEventTypes.PatchVerified);

        // Whoever holds the table keeps the service from recording what it has pushed.
        await using (await Sql.HoldAsync(stack.Database, "pull_requests"))
        {
            await stack.StartPullRequestsAsync();
            await WaitForBranchAsync();
            await stack.KillAsync(stack.PullRequests);
        }

        var pushed = quick.Git("rev-parse", quick.CodexBranches().Single()).Trim();
        Assert.Equal(TaskState.Publishing, (await stack.Api.TaskAsync(id)).Summary.State);
        await stack.StartPullRequestsAsync();
        var task = await stack.Api.SuccessAsync(id);
        Assert.Equal(pushed, task.HeadCommit);
        quick.AssertPublishedOnce(task.Branch!, pushed);
        Assert.Equal(1, await Sql.ScalarAsync<long>(stack.Database, "SELECT count(*) FROM pull_requests WHERE task_id = $1", id));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        output.WriteLine(stack.Output);
        slow.Dispose();
        quick.Dispose();
    }

    private async Task<Guid> SubmitAsync(TestRepository repository) => (await stack.Api.SubmitAsync(
        new SubmitTaskRequest(repository.Path, UsersApi.Prompt, UsersApi.TestCommand, TimeoutSeconds: 300))).Summary.Id;

    private Task<long> WaitingMessagesAsync() => Sql.ScalarAsync<long>(stack.Database, "SELECT count(*) FROM outbox");

    private async Task WaitDeliveredAsync()
    {
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        while (await WaitingMessagesAsync() > 0)
        {
            Assert.False(limit.IsCancellationRequested, "messages wait in the outbox although the broker is back");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task WaitForBranchAsync()
    {
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        while (quick.CodexBranches().Length == 0)
        {
            Assert.False(limit.IsCancellationRequested, "the branch was not pushed");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
        }
    }
}
