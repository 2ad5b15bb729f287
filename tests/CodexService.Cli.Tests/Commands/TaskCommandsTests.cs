using CodexService.Contracts.Api;

namespace CodexService.Cli.Tests.Commands;

public sealed class TaskCommandsTests : CommandTest
{
    [Fact]
    public async Task Submit_PrintsTheIdAlone()
    {
        Assert.Equal(0, await Cli.RunAsync("submit", "--repo", ".", "--task", "x"));
        Assert.Equal($"{Sample.Id}\n", Cli.Out.ToString());
        Assert.Equal($"{Api.Url}/tasks/{Sample.Id}\n", Cli.Error.ToString());
    }

    [Theory]
    [InlineData("0199aaaa-0000-7000-8000-00001234abcd")]
    [InlineData("1234abcd")]
    [InlineData("1234ABCD")]
    public async Task Diff_ByIdOrPartOfIt_PrintsThePatchByteForByte(string id)
    {
        Assert.Equal(0, await Cli.RunAsync("diff", id));
        Assert.Equal(Sample.Patch, Cli.Out.ToString());
    }

    [Fact]
    public async Task Diff_UnknownTask_IsOneLine()
    {
        Assert.Equal(1, await Cli.RunAsync("diff", "ffffffff"));
        Assert.Equal("error: There is no task ffffffff among the latest 200.\n", Cli.Error.ToString());
    }

    [Fact]
    public async Task Show_UnknownTask_IsTheApisLine()
    {
        var id = Guid.NewGuid();
        Assert.Equal(1, await Cli.RunAsync("show", id.ToString()));
        Assert.Equal($"error: There is no task {id}.\n", Cli.Error.ToString());
    }

    [Fact]
    public async Task Show_EndedTask_TellsEverythingButTheDiff()
    {
        Assert.Equal(0, await Cli.RunAsync("show", "1234abcd"));
        var output = Cli.Out.ToString();
        Assert.Contains("python3 -m pytest -q", output, StringComparison.Ordinal);
        Assert.Contains("attempt 1     succeeded · 140 candidates", output, StringComparison.Ordinal);
        Assert.Contains("✓ Verified", output, StringComparison.Ordinal);
        Assert.DoesNotContain("diff --git", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_PatchThatChangesTests_NamesTheFiles()
    {
        Api.Task = Api.Task with
        {
            Verification = Api.Task.Verification! with
            {
                ChangedTests = [new ChangedTestFile("tests/test_pages.py", TestFileChange.Modified)],
                ChangedFailToPass = ["tests/test_pages.py::test_second_page"],
                RemovedTests = ["tests/test_pages.py::test_old"],
            },
        };
        Assert.Equal(0, await Cli.RunAsync("show", "1234abcd"));
        var output = Cli.Out.ToString();
        Assert.Contains("changed test file, review it  tests/test_pages.py (modified)\n", output, StringComparison.Ordinal);
        Assert.Contains("repaired test in a changed file  tests/test_pages.py::test_second_page\n", output, StringComparison.Ordinal);
        Assert.Contains("deleted or skipped  tests/test_pages.py::test_old\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_TaskThatNamesModelAndTemplate_TellsBoth()
    {
        Api.Task = Api.Task with { Model = "large", Template = "tests" };
        Assert.Equal(0, await Cli.RunAsync("show", "1234abcd"));
        Assert.Matches("model +large\n", Cli.Out.ToString());
        Assert.Matches("template +tests\n", Cli.Out.ToString());
    }

    [Fact]
    public async Task Submit_TemplateAndModel_ReachTheApi()
    {
        Assert.Equal(0, await Cli.RunAsync("submit", "--repo", ".", "--task", "x", "--template", "tests", "--model", "large"));
        Assert.EndsWith(""" "template":"tests","model":"large"}""".Trim(), Api.Requests.Single(one => one.Method == "POST").Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("submit")]
    public async Task Help_ListsTheTemplates(string command)
    {
        Assert.Equal(0, await Cli.RunAsync(command, "--help"));
        Assert.All(TaskTemplates.Names, name => Assert.Contains(name, Cli.Out.ToString(), StringComparison.Ordinal));
        Assert.Contains("--model", Cli.Out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_EndedTask_ShowsTheResultAtOnce()
    {
        Api.Task = Sample.Ended(Api.Task, TaskState.NoChange, "nothing found");
        Assert.Equal(2, await Cli.RunAsync("watch", "1234abcd"));
        Assert.Contains("nothing found", Cli.Out.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Api.Requests, one => one.PathAndQuery.EndsWith("/events", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Watch_CtrlC_LeavesTheTaskAlone()
    {
        Api.Task = Sample.Queued(Api.Task);
        Api.RunsUntilCancelled = true;
        using var stop = new CancellationTokenSource();
        var watch = Cli.RunAsync(stop.Token, "watch", Sample.Id.ToString());
        await Api.Streamed.Task.WaitAsync(TimeSpan.FromMinutes(2));
        await stop.CancelAsync();
        Assert.Equal(130, await watch);
        Assert.DoesNotContain(Api.Requests, one => one.Method == "POST");
    }

    [Theory]
    [InlineData("cancel", "Task 1234abcd is cancelled.")]
    [InlineData("retry", "Task 1234abcd is queued again; ./codex watch 1234abcd follows it.")]
    public async Task CancelAndRetry_SayWhatIsNow(string command, string expected)
    {
        Assert.Equal(0, await Cli.RunAsync(command, "1234abcd"));
        Assert.Equal(expected + "\n", Cli.Out.ToString());
    }

    [Fact]
    public async Task List_ShowsOneLinePerTask()
    {
        Assert.Equal(0, await Cli.RunAsync("list", "--state", "no_change", "--limit", "5"));
        Assert.Matches(@"^1234abcd +succeeded +\d+ d ago +#1 open +Fix the pagination bug *\n$", Cli.Out.ToString());
        Assert.Equal("/api/tasks?limit=5&state=no_change", Api.Requests.Single().PathAndQuery);
    }

    [Fact]
    public async Task PrList_ShowsNumberTitleAndPlace()
    {
        Api.PullRequests.Add(Sample.PullRequest());
        Assert.Equal(0, await Cli.RunAsync("pr", "list"));
        Assert.Contains("#1    open    Fix the start of a page", Cli.Out.ToString(), StringComparison.Ordinal);
        Assert.Contains($"{Api.Url}/pulls/1", Cli.Out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PrMerge_WaitsForTheMerge()
    {
        Api.PullRequests.Add(Sample.PullRequest());
        Assert.Equal(0, await Cli.RunAsync("pr", "merge", "#1"));
        Assert.Equal("✓ #1 merged into main feed\n", Cli.Out.ToString());
    }

    [Fact]
    public async Task Approve_ChangeIsReady_NamesTheMerge()
    {
        Api.PlanProblem = "The task was submitted without approval of plans; send a message to steer it.";
        Assert.Equal(1, await Cli.RunAsync("approve", "1234abcd"));
        Assert.Equal("error: No plan of task 1234abcd waits: its change is ready. ./codex pr merge 1 approves and merges it.\n", Cli.Error.ToString());
    }

    [Fact]
    public async Task Approve_NothingIsReady_IsTheApisLine()
    {
        Api.PlanProblem = "No plan waits.";
        Api.Task = Sample.Queued(Api.Task);
        Assert.Equal(1, await Cli.RunAsync("approve", "1234abcd"));
        Assert.Equal("error: No plan waits.\n", Cli.Error.ToString());
    }

    [Theory]
    [InlineData(null, "https://github.com/me/shop")]
    [InlineData("https://api.github.com", "https://github.com/me/shop")]
    [InlineData("https://git.example.com/api/v3", "https://git.example.com/me/shop")]
    public async Task Submit_OwnerAndName_AreARepositoryOnGitHub(string? api, string address)
    {
        Cli.Variables["GITHUB_API_URL"] = api;
        Assert.Equal(0, await Cli.RunAsync("submit", "--repo", "me/shop", "--task", "x"));
        Assert.Contains($"\"repository\":\"{address}\"", Api.Requests.Single(one => one.Method == "POST").Body, StringComparison.Ordinal);
        Assert.Contains($"There is no folder {Cli.Folder}/me/shop, so {address} is meant.\n", Cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_OwnerAndNameOfAFolder_IsTheFolder()
    {
        Directory.CreateDirectory(Path.Combine(Cli.Folder, "me", "shop"));
        Assert.Equal(0, await Cli.RunAsync("submit", "--repo", "me/shop", "--task", "x"));
        Assert.Contains($"\"repository\":\"{Cli.Folder}/me/shop\"", Api.Requests.Single(one => one.Method == "POST").Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Say_TextAfterTwoDashes_MayLookLikeAnOption()
    {
        Api.Task = Sample.Queued(Api.Task);
        Assert.Equal(0, await Cli.RunAsync("say", "1234abcd", "--", "--faster"));
        Assert.Contains("\"text\":\"--faster\"", Api.Requests[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminal_NarrowAndLongLines_BreaksAndCutsNoAddressPathOrId()
    {
        Cli.IsTerminal = true;
        Cli.Colours = false;
        Cli.Width = 40;
        var branch = "codex/" + string.Join('-', Enumerable.Repeat("word", 20));
        Api.Task = Api.Task with { Branch = branch, Summary = Api.Task.Summary with { Repository = "/somewhere/with spaces/" + new string('r', 90) } };
        Api.PullRequests.Add(Sample.PullRequest() with { Branch = branch });

        Assert.Equal(0, await Cli.RunAsync("show", "1234abcd"));
        Assert.Equal(0, await Cli.RunAsync("pr", "list"));
        Assert.Equal(0, await Cli.RunAsync("list"));
        Assert.Equal(0, await Cli.RunAsync("submit", "--repo", ".", "--task", "x"));

        var lines = Cli.Out.ToString().Split('\n');
        Assert.Contains(lines, line => line.Contains(branch, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains(Api.Task.Summary.Repository, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains($"{branch} → main · {Api.Url}/pulls/1", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("1234abcd\e[0m  succeeded", StringComparison.Ordinal));
        Assert.Contains($"{Api.Url}/tasks/{Sample.Id}\n", Cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_LongCommandIntoAPipe_IsWhole()
    {
        var command = "python3 -m pytest " + string.Join(' ', Enumerable.Range(0, 60).Select(i => $"tests/test_{i}.py"));
        Api.Task = Api.Task with { Verification = Api.Task.Verification! with { Commands = [new CommandReport(0, "before", command, 1, 0.9, false, 1)] } };
        Assert.Equal(0, await Cli.RunAsync("show", "1234abcd"));
        Assert.Contains(command + "\n", Cli.Out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_OneOfEverything_IsSingular()
    {
        Api.Task = Api.Task with
        {
            Verification = Api.Task.Verification! with { PassToPass = 1 },
            Usage = Api.Task.Usage with { Candidates = 1, InputTokens = 1, OutputTokens = 0 },
        };
        Assert.Equal(0, await Cli.RunAsync("show", "1234abcd"));
        Assert.Contains("✓ Verified · 1 test fixed · 1 still passes · 1 candidate · 1 token · ", Cli.Out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PrClose_Closes()
    {
        Api.PullRequests.Add(Sample.PullRequest());
        Assert.Equal(0, await Cli.RunAsync("pr", "close", "1"));
        Assert.Equal("#1 closed.\n", Cli.Out.ToString());
    }

    [Fact]
    public async Task Token_SaysWhereAndShowsOnlyWhenAsked()
    {
        Cli.Variables["CODEX_TOKEN"] = null;
        Assert.Equal(1, await Cli.RunAsync("token"));
        var data = Directory.CreateDirectory(Path.Combine(Cli.Folder, "data")).FullName;
        await File.WriteAllTextAsync(Path.Combine(data, "token"), "cdx_secret\n");
        Assert.Equal(0, await Cli.RunAsync("token"));
        Assert.Equal($"The API token is in {data}/token\n", Cli.Out.ToString());
        Assert.Equal(0, await Cli.RunAsync("token", "--show"));
        Assert.EndsWith("\ncdx_secret\n", Cli.Out.ToString(), StringComparison.Ordinal);
    }
}
