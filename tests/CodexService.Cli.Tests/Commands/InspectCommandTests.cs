using System.Text.Json;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Tests.Commands;

public sealed class InspectCommandTests : IAsyncLifetime
{
    private ScriptedApi api = null!;
    private CliRun cli = null!;

    public async Task InitializeAsync()
    {
        api = await ScriptedApi.StartAsync();
        api.Task = Reviewed();
        cli = new CliRun(api);
    }

    public async Task DisposeAsync()
    {
        await cli.DisposeAsync();
        await api.DisposeAsync();
    }

    [Fact]
    public async Task Inspect_Reviewed_PrintsTheReviewAloneOnStdout()
    {
        Assert.Equal(0, await cli.RunAsync("inspect", "--repo", ".", "--base", "main", "--head", "topic", "--task", "Look at paging"));

        Assert.Equal(
            """
            Reads well.

            users/pages.py:8-9 blocker
              Cuts the last page.
              suggestion:
                    x = 1

            app.py:2 nit
              Not needed.
              suggestion: delete these lines

            Tests: 1 test newly fails
              newly failing: t.py::test_a

            """.ReplaceLineEndings("\n"),
            cli.Out.ToString());
        Assert.Equal(
            $$"""{"repository":"{{cli.Folder}}","prompt":"Look at paging","test_command":null,"base_ref":"main","attempts":null,"timeout_seconds":null,"brain":null,"kind":"review","head_ref":"topic"}""",
            api.Requests.Single(one => one.Method == "POST").Body);
    }

    [Fact]
    public async Task Inspect_Json_IsTheResult()
    {
        Assert.Equal(0, await cli.RunAsync("inspect", "--repo", ".", "--head", "topic", "--json"));

        var report = JsonDocument.Parse(cli.Out.ToString()).RootElement;
        Assert.Equal(("succeeded", "blocker"), (report.GetProperty("state").GetString(), report.GetProperty("review").GetProperty("comments")[0].GetProperty("severity").GetString()));
    }

    [Fact]
    public async Task Inspect_NoReview_IsOneLineAndExitCode2()
    {
        api.Task = Sample.Ended(Reviewed(), TaskState.NoChange, "the budget of 60 turns is used up") with { Review = null };

        Assert.Equal(2, await cli.RunAsync("inspect", "--repo", ".", "--head", "topic"));
        Assert.Equal("", cli.Out.ToString());
        Assert.Contains("no review: the budget of 60 turns is used up", cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_WithoutHead_SaysWhatIsMissing()
    {
        Assert.Equal(1, await cli.RunAsync("inspect", "--repo", "."));
        Assert.Contains("--head", cli.Error.ToString(), StringComparison.Ordinal);
    }

    private static TaskDetail Reviewed()
    {
        var task = Sample.Succeeded();
        return task with
        {
            Summary = task.Summary with { Kind = TaskKind.Review, Brain = "model", Reason = "2 comments", PullRequestNumber = null, PullRequestState = null },
            PullRequest = null,
            Patch = null,
            Verification = null,
            HeadRef = "topic",
            Review = new ReviewResult(
                "Reads well.",
                [
                    new ReviewRemark("users/pages.py", 9, ReviewSeverity.Blocker, "Cuts the last page.") { StartLine = 8, Suggestion = "    x = 1" },
                    new ReviewRemark("app.py", 2, ReviewSeverity.Nit, "Not needed.") { Suggestion = "" },
                ],
                "aaa",
                "bbb")
            {
                ReadByModel = true,
                Evidence = new ReviewEvidence("1 test newly fails", []) { NewlyFailing = ["t.py::test_a"] },
            },
        };
    }
}
