using CodexService.Contracts.Api;
using CodexService.Tasks.Persistence;
using CodexService.Testing;

namespace CodexService.Tasks.Tests.Persistence;

public sealed class TaskStoreTests(TasksFixture tasks) : DatabaseTest(tasks)
{
    [Fact]
    public async Task SubmitAsync_Once_StoresTaskEventsAndMessagesTogether()
    {
        var submitted = await Services.Store.SubmitAsync(TaskServices.Submission(attempts: 2), CancellationToken.None);
        Assert.NotNull(submitted.New);
        var detail = await Services.DetailAsync(submitted.TaskId);
        Assert.Equal((TaskState.Queued, 2, 3L), (detail.Summary.State, detail.Attempts.Count, detail.LastSeq));
        Assert.Equal([1L, 2, 3], (await Services.EventsAsync(submitted.TaskId)).Select(e => e.Seq));
        Assert.Equal(2L, await OutboxCountAsync());
    }

    [Fact]
    public async Task SubmitAsync_Answer_IsWhatIsStored()
    {
        var submitted = await Services.Store.SubmitAsync(TaskServices.Submission(), CancellationToken.None);
        var stored = await Services.DetailAsync(submitted.TaskId);
        Assert.Equivalent(stored, Tasks.Reading.TaskReader.Describe(submitted.New!, result: null), strict: true);
    }

    [Fact]
    public async Task SubmitAsync_SameKeySameBody_AnswersTheFirst()
    {
        var first = await Services.Store.SubmitAsync(TaskServices.Submission(key: "k1", hash: "h"), CancellationToken.None);
        var again = await Services.Store.SubmitAsync(TaskServices.Submission(key: "k1", hash: "h"), CancellationToken.None);
        Assert.Equal(new SubmittedTask(first.TaskId, New: null), again);
    }

    [Fact]
    public async Task SubmitAsync_SameKeyOtherBody_IsRefused()
    {
        await Services.Store.SubmitAsync(TaskServices.Submission(key: "k2", hash: "h"), CancellationToken.None);
        var problem = await Assert.ThrowsAsync<TaskConflictException>(
            () => Services.Store.SubmitAsync(TaskServices.Submission(key: "k2", hash: "other"), CancellationToken.None));
        Assert.Equal("This Idempotency-Key was used for another submission; use a new key.", problem.Message);
    }

    [Fact]
    public async Task SubmitAsync_FiftyAtOnceWithOneKey_MakesOneTask()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ =>
            Services.Store.SubmitAsync(TaskServices.Submission(key: "k3", hash: "h"), CancellationToken.None)));
        Assert.Single(answers.Select(answer => answer.TaskId).Distinct());
        Assert.Single(answers, answer => answer.New is not null);
        Assert.Equal(1L, await Sql.ScalarAsync<long>(Services.Database, "SELECT count(*) FROM tasks"));
        Assert.Equal(1L, await OutboxCountAsync());
    }

    [Fact]
    public async Task SubmitAsync_HostilePrompt_IsStored()
    {
        var prompt = "fix \0 it \ud83d now";
        var submitted = await Services.Store.SubmitAsync(TaskServices.Submission(prompt: prompt), CancellationToken.None);
        Assert.Equal("fix \uFFFD it \uFFFD now", (await Services.DetailAsync(submitted.TaskId)).Prompt);
    }

    [Fact]
    public async Task ChangeAsync_UnknownTask_GivesNothing() =>
        Assert.Null(await Services.Store.ChangeAsync(Guid.NewGuid(), (_, _, _) => Assert.Fail("There is nothing to change."), CancellationToken.None));

    [Fact]
    public async Task ChangeAsync_ChangeThrows_ChangesNothing()
    {
        var id = await Services.SubmitAsync();
        var before = await Services.DetailAsync(id);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Services.Store.ChangeAsync(
            id,
            (task, now, _) =>
            {
                task.RequestCancel(now);
                throw new InvalidOperationException("on the way");
            },
            CancellationToken.None));
        Assert.Equivalent(before, await Services.DetailAsync(id), strict: true);
    }

    [Fact]
    public async Task ChangeAsync_ManyAtOnceOnOneTask_LosesNoneAndNumbersTheLogWithoutGaps()
    {
        var lease = await Services.SubmitAndClaimAsync();
        await Task.WhenAll(Enumerable.Range(1, 60).Select(i => Services.Leases.RecordAsync(
            lease, new Tasks.Attempts.AttemptReport(TaskEventTypes.Progressed, $"step {i}") { CandidatesTried = i }, CancellationToken.None)));
        var events = await Services.EventsAsync(lease.TaskId);
        Assert.Equal(Enumerable.Range(1, 63).Select(i => (long)i), events.Select(e => e.Seq));
        Assert.Equal(60, events.Count(e => e.Type == TaskEventTypes.Progressed));
        Assert.Equal(60, (await Services.DetailAsync(lease.TaskId)).Summary.CandidatesTried);
    }

    [Fact]
    public async Task NextPullRequestNumberAsync_ManyAtOnce_NeverRepeats()
    {
        var numbers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Services.Store.NextPullRequestNumberAsync(CancellationToken.None)));
        Assert.Equal(Enumerable.Range(1, 40), numbers.Order());
    }

    [Theory]
    [InlineData("UPDATE task_events SET message = 'forged'")]
    [InlineData("DELETE FROM task_events")]
    [InlineData("TRUNCATE task_events")]
    public async Task EventLog_ChangedByHand_IsRefused(string statement)
    {
        var id = await Services.SubmitAsync();
        var problem = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => Sql.ExecuteAsync(Services.Database, statement));
        Assert.Equal("task_events is append-only", problem.MessageText);
        Assert.Equal(2, (await Services.EventsAsync(id)).Count);
    }

    private async Task<long> OutboxCountAsync() => await Sql.ScalarAsync<long>(Services.Database, "SELECT count(*) FROM outbox");
}
