using System.Text.Json;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Tests.Commands;

public sealed class InspectCommandTests : CommandTest
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Api.Task = Reviewed();
    }

    [Fact]
    public async Task Inspect_Reviewed_PrintsTheReviewAloneOnStdout()
    {
        Assert.Equal(0, await Cli.RunAsync("inspect", "--repo", ".", "--base", "main", "--head", "topic", "--task", "Look at paging"));

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
            Cli.Out.ToString());
        Assert.Equal(
            $$"""{"repository":"{{Cli.Folder}}","prompt":"Look at paging","test_command":null,"base_ref":"main","attempts":null,"timeout_seconds":null,"brain":null,"kind":"review","head_ref":"topic"}""",
            Api.Requests.Single(one => one.Method == "POST").Body);
    }

    [Fact]
    public async Task Inspect_Json_IsTheResult()
    {
        Assert.Equal(0, await Cli.RunAsync("inspect", "--repo", ".", "--head", "topic", "--json"));

        var report = JsonDocument.Parse(Cli.Out.ToString()).RootElement;
        Assert.Equal(("succeeded", "blocker"), (report.GetProperty("state").GetString(), report.GetProperty("review").GetProperty("comments")[0].GetProperty("severity").GetString()));
    }

    [Fact]
    public async Task Inspect_NoReview_IsOneLineAndExitCode2()
    {
        Api.Task = Sample.Ended(Reviewed(), TaskState.NoChange, "the budget of 60 turns is used up") with { Review = null };

        Assert.Equal(2, await Cli.RunAsync("inspect", "--repo", ".", "--head", "topic"));
        Assert.Equal("", Cli.Out.ToString());
        Assert.Contains("no review: the budget of 60 turns is used up", Cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_WithoutHead_SaysWhatIsMissing()
    {
        Assert.Equal(1, await Cli.RunAsync("inspect", "--repo", "."));
        Assert.Contains("--head", Cli.Error.ToString(), StringComparison.Ordinal);
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
