using CodexService.Contracts.Api;

namespace CodexService.Cli.Tests.Commands;

/// <summary>A verified change that a later round added nothing to.</summary>
public sealed class StandingResultTests : CommandTest
{
    private const string Reason = "No test fails. Without a model only failing tests can be acted upon; to act on review comments configure CODEX_MODEL_URL and CODEX_MODEL (see docs/models.md)";

    [Theory]
    [InlineData(PullRequestState.Open, "succeeded", "✓ Verified · 1 test fixed")]
    [InlineData(PullRequestState.Merged, "merged", "✓ Verified and merged · 1 test fixed")]
    [InlineData(PullRequestState.Closed, "closed", "✓ Verified, closed without a merge · 1 test fixed")]
    public async Task Show_RoundBroughtNothing_TellsWhatStandsAndTheRoundBesideIt(PullRequestState state, string shown, string verdict)
    {
        Stands(state);

        Assert.Equal(0, await Cli.RunAsync("show", "1234abcd"));

        var output = Cli.Out.ToString();
        Assert.Matches($"state +{shown}\n", output);
        Assert.Matches("base +main base000\n", output);
        Assert.Contains(verdict, output, StringComparison.Ordinal);
        Assert.Contains($"\n  Round 2: nothing changed: {Reason}\n", output, StringComparison.Ordinal);
        Assert.Single(output.Split("No test fails").Skip(1));
        Assert.DoesNotContain("No verified patch", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_PatchOfALaterRound_SaysWhatItIsOnTopOf()
    {
        Api.Task = Api.Task with { BaseCommit = "head222", Prompts = [new TaskPromptInfo(1, "Fix it", Sample.Start, "base000", "pytest"), new TaskPromptInfo(2, "Round it", Sample.Start, "head222", "pytest")] };

        Assert.Equal(0, await Cli.RunAsync("show", "1234abcd"));

        Assert.Matches("base +main base000\n", Cli.Out.ToString());
        Assert.Matches("patch +a later round's, on top of head222; the whole change: git diff main\\.\\.\\.codex/fix", Cli.Out.ToString());
    }

    [Fact]
    public async Task Watch_RoundBroughtNothing_EndsWithTheCodeOfThatRound()
    {
        Stands(PullRequestState.Open);
        Assert.Equal(2, await Cli.RunAsync("watch", "1234abcd"));
    }

    [Fact]
    public async Task Show_NothingWasEverVerified_SaysTheSentenceOnce()
    {
        Api.Task = Sample.Ended(Api.Task, TaskState.NoChange, Reason) with
        {
            ResultSummary = "**No test fails.**",
            Attempts = [Api.Task.Attempts[0] with { State = AttemptState.NoChange, Reason = Reason }],
        };

        Assert.Equal(0, await Cli.RunAsync("show", "1234abcd"));

        Assert.Single(Cli.Out.ToString().Split("No test fails").Skip(1));
    }

    private void Stands(PullRequestState state) => Api.Task = Api.Task with
    {
        Summary = Api.Task.Summary with { PullRequestState = state },
        PullRequest = Sample.PullRequest() with { State = state },
        Attempts =
        [
            Api.Task.Attempts[0] with { IsChosen = true, Verified = true },
            Api.Task.Attempts[0] with { Number = 2, State = AttemptState.NoChange, Reason = Reason, PromptNumber = 2 },
        ],
        LastRound = new RoundEnd(2, TaskState.NoChange, Reason),
    };
}
