using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Leases;
using CodexService.Testing.GitHub;

namespace CodexService.PullRequests.Tests.Reporting;

/// <summary>The marks on lines of a check, as they reach GitHub.</summary>
[Collection(ReportingCollection.Name)]
public sealed class CheckMarksTests(ReportingServers servers) : ReportingTest(servers)
{
    private const string Patch = "diff --git a/tests/test_page.py b/tests/test_page.py\n--- a/tests/test_page.py\n+++ b/tests/test_page.py\n@@ -30,2 +40,3 @@\n x = 1\n+assert x\n y = 2\n";

    private static readonly (string, int, string)[] Marks =
    [
        ("tests/test_page.py", 41, "The patch changes this test file; what it proves is what the patch made of it."),
        ("tests/test_old.py", 1, "Failed before the patch and still fails: tests/test_old.py::test_a"),
    ];

    [Fact]
    public async Task ReportAsync_ChangedTestsAndKnownFailures_AreMarkedOnTheirLines()
    {
        var (_, head) = await MarkedAsync();

        Assert.Equal(Marks, Assert.Single(await MarksAsync(head)));
    }

    [Fact]
    public async Task ReportAsync_FollowUpWithoutACommit_HasTheMarksOfTheHeadOnItsCheckToo()
    {
        var (task, head) = await MarkedAsync();
        await FollowUpAsync(task);
        var lease = await ClaimAsync(task);
        await ReportAsync(task);
        await Services.FinishAsync(lease, AttemptState.NoChange);

        await ReportAsync(task);

        Assert.Equal([Marks, Marks], await MarksAsync(head));
    }

    [Fact]
    public async Task ReportAsync_DiedAfterTheCheckWasMade_CompletesThatCheckWithItsMarks()
    {
        var (task, head) = await MarkedAsync();
        await FollowUpAsync(task);
        var lease = await ClaimAsync(task);
        await DieAfterAsync("CreateAsync", task);
        await Services.FinishAsync(lease, AttemptState.NoChange);

        await ReportAsync(task);

        Assert.Equal([Marks, Marks], await MarksAsync(head));
        Assert.All(await ChecksAsync(head), run => Assert.Equal(("completed", "success"), (run.Status, run.Conclusion)));
        Assert.True((await StoredAsync(task)).Settled);
    }

    [Fact]
    public async Task ReportAsync_DiedAfterTheCheckWasMadeAndANewHeadCame_EndsTheCheckOfTheOldHead()
    {
        var (task, head) = await MarkedAsync();
        await FollowUpAsync(task);
        var lease = await ClaimAsync(task);
        await DieAfterAsync("CreateAsync", task);
        await VerifyAsync(lease);

        var next = await PublishAsync(task);
        await ReportAsync(task);

        Assert.Equal([("completed", "success"), ("completed", "success")], (await ChecksAsync(head)).Select(run => (run.Status, run.Conclusion)));
        Assert.Equal(("completed", "success"), Assert.Single((await ChecksAsync(next)).Select(run => (run.Status, run.Conclusion))));
    }

    [Fact]
    public async Task ReportAsync_DiedAfterTheCheckWasCompleted_AddsNoMarkTwice()
    {
        var (task, head) = await MarkedAsync();
        await FollowUpAsync(task);
        var lease = await ClaimAsync(task);
        await ReportAsync(task);
        await Services.FinishAsync(lease, AttemptState.NoChange);
        await DieAfterAsync("UpdateAsync", task);

        await ReportAsync(task);

        Assert.Equal(0, GitHub.Count("UpdateAsync"));
        Assert.Equal([Marks, Marks], await MarksAsync(head));
        Assert.True((await StoredAsync(task)).Settled);
    }

    [Theory]
    [InlineData("tests/test_page.py::test_second", "failure")]
    [InlineData("tests/test_old.py::test_a", "success")]
    public async Task ReportAsync_FollowUpSawTestsFailOnTheHead_IsAFailureWhenTheyProveIt(string failing, string conclusion)
    {
        var (task, head) = await MarkedAsync();
        await FollowUpAsync(task);
        var lease = await ClaimAsync(task);
        await ReportAsync(task);
        var seen = Standings.Proof with { Verified = false, FailToPass = [], StillFailing = [failing], Reason = "1 test fails still" };
        await Services.Leases.FinishAsync(lease, new AttemptOutcome(AttemptState.NoChange, "the patch was not verified", Result(lease, seen)), default);

        await ReportAsync(task);

        Assert.Contains(("completed", conclusion, $"{task:D}:2"), await ChecksAsync(head));
        Assert.Equal(conclusion == "failure", (await MarksAsync(head)).SelectMany(marks => marks).Any(mark => mark.Message == $"Fails on this commit: {failing}"));
    }

    // A process that dies when the call has reached GitHub, and the next one.
    private async Task DieAfterAsync(string call, Guid task)
    {
        GitHub.DiesAfter = call;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReportAsync(task));
        GitHub.Life.Dispose();
        GitHub.Life = new CancellationTokenSource();
        GitHub.Forget();
    }

    private async Task<(Guid Task, string Head)> MarkedAsync()
    {
        var task = await SubmitAsync();
        var lease = await ClaimAsync(task);
        var proof = Standings.Proof with { ChangedTests = [new ChangedTestFile("tests/test_page.py", TestFileChange.Modified)], StillFailing = ["tests/test_old.py::test_a"] };
        await Services.Leases.FinishAsync(lease, new AttemptOutcome(AttemptState.Succeeded, "the patch is verified", Result(lease, proof)), default);
        var head = await PublishAsync(task);
        await ReportAsync(task);
        return (task, head);
    }

    private static AttemptResult Result(AttemptLease lease, VerificationReport proof) => new()
    {
        AttemptId = lease.AttemptId,
        TaskId = lease.TaskId,
        Brain = "model",
        Patch = Patch,
        Title = "Fix the page",
        Summary = "",
        Verification = JsonSerializer.Serialize(proof, JsonConventions.Options),
    };

    private async Task<IReadOnlyList<(string Path, int Line, string Message)[]>> MarksAsync(string head)
    {
        var all = new List<(string, int, string)[]>();
        foreach (var run in (await Emulator.SendAsync("writer", HttpMethod.Get, $"repos/{Repository}/commits/{head}/check-runs?filter=all")).GetProperty("check_runs").EnumerateArray())
        {
            var marks = await Emulator.SendAsync("writer", HttpMethod.Get, $"repos/{Repository}/check-runs/{run.GetProperty("id")}/annotations");
            all.Add([.. marks.EnumerateArray().Select(mark => (mark.GetProperty("path").GetString()!, mark.GetProperty("start_line").GetInt32(), mark.GetProperty("message").GetString()!))]);
        }

        return all;
    }
}
