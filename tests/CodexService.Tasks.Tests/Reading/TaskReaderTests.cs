using CodexService.Contracts.Api;
using CodexService.Testing;

namespace CodexService.Tasks.Tests.Reading;

public sealed class TaskReaderTests(TasksFixture tasks) : DatabaseTest(tasks)
{
    [Fact]
    public async Task ListAsync_PagesWhileTasksAreAdded_HasNeitherGapsNorRepeats()
    {
        var before = new List<Guid>();
        for (var i = 0; i < 23; i++)
        {
            before.Add(await Services.SubmitAsync());
        }

        var seen = new List<Guid>();
        Guid? cursor = null;
        do
        {
            var page = await Services.Reader.ListAsync(cursor, 5, null, CancellationToken.None);
            seen.AddRange(page.Items.Select(t => t.Id));
            cursor = page.NextCursor is null ? null : Guid.Parse(page.NextCursor);
            await Services.SubmitAsync();
        }
        while (cursor is not null);
        Assert.Equal(before.OrderByDescending(id => id.ToString(), StringComparer.Ordinal), seen);
    }

    [Fact]
    public async Task ListAsync_ByState_FindsThoseAlone()
    {
        var cancelled = await Services.SubmitAsync();
        await Services.SubmitAsync();
        await Services.Store.ChangeAsync(cancelled, (task, now, _) => task.RequestCancel(now), CancellationToken.None);
        var page = await Services.Reader.ListAsync(null, 50, TaskState.Cancelled, CancellationToken.None);
        Assert.Equal([cancelled], page.Items.Select(t => t.Id));
        Assert.Null(page.NextCursor);
    }

    [Fact]
    public async Task EventsAsync_After_GoesOnWithoutGapOrRepeat()
    {
        var lease = await Services.SubmitAndClaimAsync();
        var all = await Services.EventsAsync(lease.TaskId);
        var rest = await Services.Reader.EventsAsync(lease.TaskId, 1, 1, CancellationToken.None);
        Assert.Equal(all[1].Seq, Assert.Single(rest).Seq);
        Assert.Equal("worker-1", all[2].Data!.Value.GetProperty("worker").GetString());
        Assert.Empty(await Services.Reader.EventsAsync(lease.TaskId, 3, 10, CancellationToken.None));
    }

    [Fact]
    public async Task DetailAsync_WholeWay_TellsEverything()
    {
        var lease = await Services.SubmitAndClaimAsync();
        await Services.Leases.RecordAsync(
            lease,
            new Tasks.Attempts.AttemptReport(TaskEventTypes.StageStarted, "Sandbox ready") { Stage = "sandbox", BaseCommit = "abc", CandidatesTried = 12, SandboxReady = TimeSpan.FromMilliseconds(250) },
            CancellationToken.None);
        Assert.Equal("sandbox", (await Services.DetailAsync(lease.TaskId)).Summary.Stage);
        await Services.SucceedAsync(lease);
        var number = await Services.OpenPullRequestAsync(lease.TaskId);
        var detail = await Services.DetailAsync(lease.TaskId);
        Assert.Equal((TaskState.Succeeded, "repair", 12), (detail.Summary.State, detail.Summary.Brain, detail.Summary.CandidatesTried));
        Assert.Equal(("abc", 0.25, number), (detail.BaseCommit, detail.Usage.SandboxReadySeconds, detail.PullRequest!.Number));
        Assert.Equal([".github/workflows/ci.yml"], detail.PullRequest.HeldForApproval);
        Assert.True(detail.Usage.WallSeconds >= detail.Usage.QueueSeconds);
        Assert.Equal("The offset was one page short.", detail.ResultSummary);
        Assert.Equal(2, detail.Verification!.Commands.Count);
    }

    [Fact]
    public async Task DetailAsync_AfterRetry_ShowsNoResultOfTheRoundBefore()
    {
        var lease = await Services.SubmitAndClaimAsync();
        await Services.Leases.FinishAsync(lease, new Tasks.Attempts.AttemptOutcome(AttemptState.NoChange, "nothing", TaskServices.Result(lease)), CancellationToken.None);
        Assert.NotNull((await Services.DetailAsync(lease.TaskId)).Patch);
        await Services.Store.ChangeAsync(lease.TaskId, (task, _, _) => task.Retry(), CancellationToken.None);
        var detail = await Services.DetailAsync(lease.TaskId);
        Assert.Null(detail.Patch);
        Assert.Equal([1, 2], detail.Attempts.Select(a => a.Number));
    }

    [Fact]
    public async Task PullRequestsAsync_Pages_NewestFirst()
    {
        var numbers = new List<int>();
        for (var i = 0; i < 5; i++)
        {
            var lease = await Services.SubmitAndClaimAsync();
            await Services.SucceedAsync(lease);
            numbers.Add(await Services.OpenPullRequestAsync(lease.TaskId));
        }

        var first = await Services.Reader.PullRequestsAsync(null, 3, null, CancellationToken.None);
        var second = await Services.Reader.PullRequestsAsync(int.Parse(first.NextCursor!), 3, null, CancellationToken.None);
        Assert.Equal(numbers.OrderDescending(), first.Items.Concat(second.Items).Select(p => p.Number));
        Assert.Null(second.NextCursor);
        Assert.Equal(5, (await Services.Reader.PullRequestsAsync(null, 50, PullRequestState.Open, CancellationToken.None)).Items.Count);
        Assert.Empty((await Services.Reader.PullRequestsAsync(null, 50, PullRequestState.Merged, CancellationToken.None)).Items);
    }

    [Fact]
    public async Task Unknown_AnyQuestion_AnswersNothing()
    {
        var id = Guid.NewGuid();
        Assert.Null(await Services.Reader.DetailAsync(id, CancellationToken.None));
        Assert.Null(await Services.Reader.SummaryAsync(id, CancellationToken.None));
        Assert.Null(await Services.Reader.ResultAsync(id, CancellationToken.None));
        Assert.Null(await Services.Reader.EvidenceAsync(id, 0, CancellationToken.None));
        Assert.Null(await Services.Reader.PullRequestAsync(7, CancellationToken.None));
        Assert.Empty(await Services.EventsAsync(id));
    }
}
