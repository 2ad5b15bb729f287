using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Repositories;
using CodexService.Testing;
using Xunit.Abstractions;

namespace CodexService.Integration.Tests.Standalone;

/// <summary>Test commands that prove nothing, and what the task says about each.</summary>
public sealed class TestCommandTests(StandaloneFixture fixture, ITestOutputHelper output) : StandaloneTest(fixture, output)
{
    [Fact]
    public async Task TestCommand_DoesNotExist_FailsAndNamesIt()
    {
        using var repository = TestRepository.WithFailingPythonTest();
        var task = await RunAsync(repository, "no-such-runner --all");
        Assert.Equal(TaskState.Failed, task.Summary.State);
        Assert.Contains("no-such-runner", task.Summary.Reason, StringComparison.Ordinal);
        AssertNothingChanged(task, repository);
    }

    [Fact]
    public async Task TestCommand_PassesAlready_SaysThereIsNothingToRepair()
    {
        using var repository = TestRepository.With(("test_fine.py", "def test_fine():\n    assert True\n"));
        var task = await RunAsync(repository);
        Assert.Equal(TaskState.NoChange, task.Summary.State);
        Assert.StartsWith("Nothing to repair: the test command passes already", task.Summary.Reason, StringComparison.Ordinal);
        AssertNothingChanged(task, repository);
    }

    [Fact]
    public async Task TestCommand_NeverEnds_EndsWithinTheBudgetAndSaysSo()
    {
        using var repository = TestRepository.With(("test_hangs.py", "import time\n\n\ndef test_hangs():\n    time.sleep(100000)\n"));
        var task = await RunAsync(repository, timeoutSeconds: 60);
        Assert.Contains(task.Summary.State, new[] { TaskState.NoChange, TaskState.Failed });
        Assert.Contains("test_hangs.py::test_hangs does not end by itself", task.Summary.Reason, StringComparison.Ordinal);
        AssertNothingChanged(task, repository);
    }

    [Fact]
    public async Task Attempt_OverItsTimeBudget_IsTimedOutWithTheBudget()
    {
        // The test run freezes everything in the sandbox, which then cannot keep to any budget of its own.
        using var repository = TestRepository.With(
            ("conftest.py", "import os\nimport signal\n\nos.kill(-1, signal.SIGSTOP)\nos.kill(os.getpid(), signal.SIGSTOP)\n"),
            ("test_any.py", "def test_any():\n    assert False\n"));
        var task = await RunAsync(repository, timeoutSeconds: 10);
        Assert.Equal(TaskState.TimedOut, task.Summary.State);
        Assert.Equal("the time budget of 10 s is used up; raise it with --timeout", task.Summary.Reason);
        AssertNothingChanged(task, repository);
    }

    [Fact]
    public async Task Bug_ThatNoSmallChangeMends_IsNoChangeAndSaysWhatWasTried()
    {
        using var repository = Unfixable.Quick();
        var task = await RunAsync(repository, timeoutSeconds: 60);
        Assert.Equal(TaskState.NoChange, task.Summary.State);
        Assert.True(task.Usage.Candidates > 0, "no candidate was tried");
        Assert.Contains("test_checksum", task.ResultSummary, StringComparison.Ordinal);
        AssertNothingChanged(task, repository);
    }

    private static void AssertNothingChanged(TaskDetail task, TestRepository repository)
    {
        Assert.DoesNotContain('\n', task.Summary.Reason!);
        Assert.Null(task.PullRequest);
        Assert.Empty(repository.CodexBranches());
        Assert.Empty(repository.Git("status", "--porcelain"));
    }
}
