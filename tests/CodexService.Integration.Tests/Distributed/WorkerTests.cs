using CodexService.Contracts.Api;
using CodexService.Contracts.Messages;
using CodexService.Integration.Tests.Repositories;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing;
using MassTransit;
using Xunit.Abstractions;

namespace CodexService.Integration.Tests.Distributed;

/// <summary>Tasks through separate processes, with workers that die in between.</summary>
[Collection(DistributedTests.Name)]
public sealed class WorkerTests(DistributedStack stack, ITestOutputHelper output) : IDisposable
{
    private readonly TestRepository repository = UsersApi.Create();

    [Fact]
    public async Task Task_RungForAHundredTimes_IsClaimedOnceAndEndsWithVerifiedPatchAndOpenPullRequest()
    {
        var id = await SubmitAndRingAsync(times: 100);
        var task = await stack.Api.SuccessAsync(id);
        Assert.Equal(1, task.Attempts.Single().Epoch);
        Assert.Contains(UsersApi.FixedLine, task.Patch, StringComparison.Ordinal);
        Assert.True(task.Verification!.Verified);
        Assert.NotEmpty(task.Verification.FailToPass);
        Assert.Empty(task.Verification.Broken);
        var log = await stack.Api.LogAsync(id);
        Assert.Single(log, entry => entry.Type == TaskEventTypes.AttemptClaimed);
        var told = log.Where(entry => entry.Type == TaskEventTypes.CommandFinished).ToArray();
        Assert.Equal(task.Verification.Commands.Count, told.Length);
        Assert.Contains(log, entry => entry.Type == TaskEventTypes.Progressed && entry.Seq > told[0].Seq && entry.Seq < told[^1].Seq);
        Assert.Equal(PullRequestState.Open, task.PullRequest!.State);
        repository.AssertPublishedOnce(task.Branch!, task.HeadCommit!);
        await Containers.WaitGoneAsync(stack.Instance);
    }

    [Fact]
    public async Task Worker_KilledInTheMiddle_OtherOneEndsWithOnePatchAndOnePullRequest()
    {
        var id = await SubmitAsync();
        await stack.Api.StageAsync(id, "localize", "search");
        var attempt = (await stack.Api.TaskAsync(id)).Attempts.Single();
        var victim = stack.WorkerNamed(attempt.Worker!);
        var sandboxes = await Containers.OfAsync(stack.Instance, attempt.Id);
        Assert.NotEmpty(sandboxes);

        await stack.KillAsync(victim);
        await Containers.WaitGoneAsync(stack.Instance, sandboxes);
        var task = await stack.Api.SuccessAsync(id);
        await stack.StartWorkerAsync();

        var rescued = task.Attempts.Single();
        Assert.Equal(2, rescued.Epoch);
        Assert.NotEqual(attempt.Worker, rescued.Worker);
        var log = await stack.Api.LogAsync(id);
        Assert.Equal(Enumerable.Range(1, log.Count).Select(seq => (long)seq), log.Select(entry => entry.Seq));
        Assert.Single(log, entry => entry.Type == TaskEventTypes.AttemptRescued);
        Assert.Single(log, entry => entry.Type == TaskEventTypes.PatchVerified);
        Assert.Single(log, entry => entry.Type == TaskEventTypes.PullRequestOpened);
        repository.AssertPublishedOnce(task.Branch!, task.HeadCommit!);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        output.WriteLine(stack.Output);
        repository.Dispose();
    }

    private async Task<Guid> SubmitAndRingAsync(int times)
    {
        var bus = Bus.Factory.CreateUsingRabbitMq(rabbit => rabbit.Host(stack.Broker.Address));
        await bus.StartAsync();
        try
        {
            var id = await SubmitAsync();
            var attempt = (await stack.Api.TaskAsync(id)).Attempts.Single().Id;
            await Task.WhenAll(Enumerable.Range(0, times).Select(_ => bus.Publish(new RunAttempt(attempt))));
            return id;
        }
        finally
        {
            await bus.StopAsync();
        }
    }

    private async Task<Guid> SubmitAsync() => (await stack.Api.SubmitAsync(
        new SubmitTaskRequest(repository.Path, UsersApi.Prompt, UsersApi.TestCommand, TimeoutSeconds: 300))).Summary.Id;
}
