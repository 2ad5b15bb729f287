using CodexService.Contracts.Api;

namespace CodexService.Cli.Tests.Commands;

public sealed class SteeringCommandsTests : CommandTest
{
    private const string Plan = "1. rewrite pages.py\n2. run the tests";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        var running = Sample.Queued(Api.Task);
        Api.Task = running with
        {
            Summary = running.Summary with { State = TaskState.Paused, Reason = "its plan waits for your approval" },
            Plans = [new PlanInfo(1, Plan, PlanState.Waiting, 2)],
        };
        Api.Events =
        [
            Sample.Event(1, TaskEventTypes.TaskSubmitted, "Submitted"),
            Sample.Event(2, TaskEventTypes.PlanProposed, "Attempt 1 proposes a plan", new { plan = "old", revision = 1 }, 1),
            Sample.Event(3, TaskEventTypes.PlanProposed, "Attempt 1 proposes a plan", new { plan = Plan, revision = 2 }, 1),
        ];
        Api.RunsUntilCancelled = true;
    }

    [Fact]
    public async Task Submit_ApprovePlan_IsPartOfTheTask()
    {
        Assert.Equal(0, await Cli.RunAsync("submit", "--repo", ".", "--task", "x", "--approve-plan"));
        Assert.Contains("\"approve_plan\":true", Api.Requests[^1].Body, StringComparison.Ordinal);
        Assert.Equal(0, await Cli.RunAsync("submit", "--repo", ".", "--task", "x"));
        Assert.DoesNotContain("approve_plan", Api.Requests[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PauseAndResume_SayWhatTheTaskIs()
    {
        Assert.Equal(0, await Cli.RunAsync("pause", "1234abcd"));
        Assert.Equal("Task 1234abcd is paused; ./codex resume 1234abcd goes on.\n", Cli.Out.ToString());
        Assert.EndsWith("/pause", Api.Requests[^1].PathAndQuery, StringComparison.Ordinal);
        Assert.Equal(0, await Cli.RunAsync("resume", "1234abcd"));
        Assert.EndsWith("/resume", Api.Requests[^1].PathAndQuery, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Say_SendsTheMessage_OrWhatIsOnStandardInput()
    {
        Assert.Equal(0, await Cli.RunAsync("say", "1234abcd", "keep the signature"));
        Assert.Contains("\"text\":\"keep the signature\"", Api.Requests[^1].Body, StringComparison.Ordinal);
        Cli.Input = "from a pipe\n";
        Assert.Equal(0, await Cli.RunAsync("say", "1234abcd", "-", "--attempt", "2"));
        Assert.Contains("\"text\":\"from a pipe\",\"attempt\":2", Api.Requests[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Say_Nothing_IsOneLine()
    {
        Assert.Equal(1, await Cli.RunAsync("say", "1234abcd", " "));
        Assert.Equal("error: The message is empty: say in a sentence what is to be done.\n", Cli.Error.ToString());
    }

    [Fact]
    public async Task Approve_AsItIsOrFromAFile_SendsThePlan()
    {
        Assert.Equal(0, await Cli.RunAsync("approve", "1234abcd"));
        Assert.Contains("\"plan\":null", Api.Requests[^1].Body, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(Cli.Folder, "plan.txt"), "1. less\n");
        Assert.Equal(0, await Cli.RunAsync("approve", "1234abcd", "--plan", "plan.txt"));
        Assert.Contains("\"plan\":\"1. less\"", Api.Requests[^1].Body, StringComparison.Ordinal);
        Assert.Equal(1, await Cli.RunAsync("approve", "1234abcd", "--plan", "missing.txt"));
        Assert.StartsWith("error: Cannot read the plan from ", Cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_PlanWaits_PrintsItOnceWithTheCommands()
    {
        await EndAfterStreamAsync(Cli.RunAsync("watch", "1234abcd"));
        var said = Cli.Error.ToString();
        Assert.Equal(2, said.Split("1. rewrite pages.py").Length);
        Assert.Contains("The plan waits for your approval:", said, StringComparison.Ordinal);
        Assert.Contains("./codex approve 1234abcd", said, StringComparison.Ordinal);
        Assert.Contains("./codex say 1234abcd", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("y\n", "/plan/approve", "\"attempt\":1,\"plan\":null,\"revision\":2")]
    [InlineData("what?\ne\n1. less\n2. test\n\n", "/plan/approve", "\"attempt\":1,\"plan\":\"1. less\\n2. test\",\"revision\":2")]
    [InlineData("n\nsmaller, please\n", "/messages", "\"text\":\"smaller, please\",\"attempt\":1")]
    public async Task Run_OnATerminal_AsksAndSendsTheAnswer(string input, string path, string body)
    {
        Cli.CanAsk = true;
        Cli.Input = input;
        await EndAfterStreamAsync(Cli.RunAsync("run", "--repo", ".", "--task", "x", "--approve-plan"));
        Assert.Contains(Api.Requests, request => request.PathAndQuery.EndsWith(path, StringComparison.Ordinal) && request.Body.Contains(body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_NobodyToAsk_SaysHowToApproveAndGoesOnWaiting()
    {
        await EndAfterStreamAsync(Cli.RunAsync("run", "--repo", ".", "--task", "x", "--approve-plan"));
        Assert.Contains("./codex approve 1234abcd", Cli.Error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Api.Requests, request => request.PathAndQuery.EndsWith("/plan/approve", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Show_PausedTask_TellsThePlanAndWhatItWaitsFor()
    {
        Assert.Equal(0, await Cli.RunAsync("show", "1234abcd"));
        Assert.Contains("its plan waits for your approval", Cli.Out.ToString(), StringComparison.Ordinal);
        Assert.Contains("2. run the tests", Cli.Out.ToString(), StringComparison.Ordinal);
    }

    // The command waits for the task; somebody cancels it once everything was streamed.
    private async Task EndAfterStreamAsync(Task<int> command)
    {
        await Api.Streamed.Task.WaitAsync(TimeSpan.FromMinutes(2));
        Api.Cancel();
        Assert.Equal(2, await command);
    }
}
