using CodexService.Contracts.Api;
using CodexService.PullRequests.Reporting;
using CodexService.Tasks.PullRequests;

namespace CodexService.PullRequests.Tests.Reporting;

public sealed class VerificationCheckTests
{
    [Fact]
    public void Of_WithoutAPullRequestOnGitHub_IsNothing()
    {
        Assert.Null(VerificationCheck.Of(Standings.Succeeded with { PullRequest = null }));
        Assert.Null(VerificationCheck.Of(Standings.Succeeded with { PullRequest = Standings.Pull() with { IsOnGitHub = false } }));
    }

    [Theory]
    [InlineData(TaskState.Queued, "queued")]
    [InlineData(TaskState.Running, "in_progress")]
    [InlineData(TaskState.Paused, "in_progress")]
    [InlineData(TaskState.Publishing, "in_progress")]
    public void Of_FollowUp_WaitsOnTheHead(TaskState state, string status)
    {
        var check = VerificationCheck.Of(Standings.Succeeded with { State = state })!;

        Assert.Equal((Standings.Head, status, null, "success"), (check.Head, check.Status, check.Conclusion, check.Verdict));
    }

    [Fact]
    public void Of_RepairedTest_IsASuccessWithTheEvidence()
    {
        var check = VerificationCheck.Of(Standings.Succeeded)!;

        Assert.Equal(("completed", "success", "Verified: 1 failing test passes now, 12 still pass"), (check.Status, check.Conclusion, check.Title));
        Assert.Contains("| base | `pytest -q` | 1 | 0.50 |\n| with the patch | `pytest -q` | 0 | 0.41 |", check.Summary, StringComparison.Ordinal);
        Assert.Contains("- `tests/test_page.py::test_second`", check.Summary, StringComparison.Ordinal);
        Assert.Contains("(https://codex.example.com/tasks/", check.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HeadTree.Verified)]
    [InlineData(HeadTree.PushedByOthers)]
    public void Of_ProvingTestsThatFailOnTheHeadSince_IsAFailureWithTheirPlaces(HeadTree tree)
    {
        var task = Standings.Succeeded with
        {
            PullRequest = Standings.Pull() with { Tree = tree },
            FailingSince = Standings.Proof.FailToPass,
            LastRound = new RoundEnd(2, TaskState.NoChange, "the patch was not verified"),
        };
        var check = VerificationCheck.Of(task)!;

        Assert.Equal(("failure", "failure", "1 test that proved it fails on this commit by now"), (check.Conclusion, check.Verdict, check.Title));
        Assert.Contains("Fails on this commit since (1)", check.Summary, StringComparison.Ordinal);
        Assert.Equal(("tests/test_page.py", "failure"), Assert.Single(check.Annotations.Select(mark => (mark.Path, mark.AnnotationLevel))));
        Assert.Contains("; 1 test that proved it fails on this commit by now |", StatusComment.Write(task), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_DoubtfulEvidence_IsNeutralAndSaysWhy()
    {
        (VerificationReport? Proof, string Title)[] doubtful =
        [
            (Standings.Proof with { FailToPass = [] }, "Verified, but no test failed before it"),
            (Standings.Proof with { FailToPass = [], PassToPass = 0 }, "Verified, but the command reports no single tests"),
            (Standings.Proof with { RemovedTests = ["gone"] }, "Verified, but it deletes or skips 1 test"),
            (Standings.Proof with { ChangedFailToPass = Standings.Proof.FailToPass }, "Verified, but it changes the tests that prove it"),
            (null, "Not judged: no evidence is stored for this commit"),
        ];
        foreach (var (proof, title) in doubtful)
        {
            var check = VerificationCheck.Of(Standings.Succeeded with { Verification = proof })!;

            Assert.Equal(("neutral", title), (check.Conclusion, check.Title));
        }
    }

    [Theory]
    [InlineData(HeadTree.PushedByOthers, "Commits by others came on top; they were not verified together")]
    [InlineData(HeadTree.OnOthers, "The change was put on top of commits by others; they were not verified together")]
    [InlineData(HeadTree.HeldLeftOut, "The tests ran with held paths that this commit leaves out until a person approves them", "CODEOWNERS")]
    [InlineData(HeadTree.HeldLeftOut, "The tests ran with held paths that this commit does not have: they are applied by hand")]
    [InlineData(HeadTree.HeldAdded, "Held paths were added by approval that the tests did not run with")]
    public void Of_HeadThatTheTestsDidNotRunOn_IsNeutralAndSaysWhy(HeadTree tree, string title, params string[] held)
    {
        var task = Standings.Succeeded with { PullRequest = Standings.Pull(held: held) with { Tree = tree } };
        var check = VerificationCheck.Of(task)!;

        Assert.Equal(("neutral", "neutral", title), (check.Conclusion, check.Verdict, check.Title));
        Assert.Contains("This evidence is not of this very commit", check.Summary, StringComparison.Ordinal);
        Assert.Equal("neutral", VerificationCheck.Of(task with { State = TaskState.Running })!.Verdict);
        Assert.Contains(char.ToLowerInvariant(title[0]) + title[1..], StatusComment.Write(task), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TaskState.Failed, "failed, nothing changed")]
    [InlineData(TaskState.Cancelled, "cancelled, nothing changed")]
    [InlineData(TaskState.TimedOut, "the time was used up, nothing changed")]
    [InlineData(TaskState.NoChange, "nothing changed")]
    public void Of_RoundWithoutACommit_SettlesWithTheHeadsOwnEvidence(TaskState state, string told)
    {
        var check = VerificationCheck.Of(Standings.Succeeded with { LastRound = new RoundEnd(2, state, "3 workers stopped answering") })!;

        Assert.Equal((Standings.Head, "completed", "success", VerificationCheck.Of(Standings.Succeeded)!.Title), (check.Head, check.Status, check.Conclusion, check.Title));
        Assert.StartsWith($"The last round brought no new commit, so this evidence stands. Round 2: {told}: 3 workers stopped answering\n\n", check.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_HeldPathsChangedTestsAndKnownFailures_AreMarkedWhereThePatchChangesThem()
    {
        var check = VerificationCheck.Of(Standings.Succeeded with
        {
            PullRequest = Standings.Pull(held: [".github/workflows/ci.yml"]),
            Patches =
            [
                """
                diff --git a/.github/workflows/ci.yml b/.github/workflows/ci.yml
                --- a/.github/workflows/ci.yml
                +++ b/.github/workflows/ci.yml
                @@ -7,3 +7,4 @@ jobs:
                   steps:
                +    - run: curl example.com
                -    - run: make
                +    - run: make all
                   end
                diff --git a/tests/test_page.py b/tests/test_page.py
                --- a/tests/test_page.py
                +++ b/tests/test_page.py
                @@ -30,2 +40,3 @@ def test_second():
                     x = 1
                +    assert x
                     y = 2

                """.ReplaceLineEndings("\n"),
            ],
            Verification = Standings.Proof with
            {
                ChangedTests = [new ChangedTestFile("tests/test_page.py", TestFileChange.Modified), new ChangedTestFile("tests/gone.py", TestFileChange.Deleted)],
                StillFailing = ["tests/test_old.py::test_a", "tests/test_old.py::test_b", "Shop.Tests.Old", "../../etc/x.py::y"],
            },
        })!;

        Assert.Equal(
            [(".github/workflows/ci.yml", "warning"), ("tests/test_page.py", "warning"), ("tests/test_old.py", "notice")],
            check.Annotations.Select(mark => (mark.Path, mark.AnnotationLevel)));

        // What is held is on the head as it was before the change; the patch does not touch the last file.
        Assert.Equal([(8, 8), (41, 41), (1, 1)], check.Annotations.Select(mark => (mark.StartLine, mark.EndLine)));
        Assert.Contains("tests/test_old.py::test_a, tests/test_old.py::test_b", check.Annotations[2].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_EndlessAndHostileEvidence_FitsGitHubAndIsHarmless()
    {
        var names = Enumerable.Range(0, 2000).Select(n => $"tests/t{n}.py::<img src=x> @everyone {new string('x', 500)}").ToList();
        var check = VerificationCheck.Of(Standings.Succeeded with
        {
            PullRequest = Standings.Pull(held: names),
            Verification = Standings.Proof with { Reason = "@everyone <img> fixes #1", FailToPass = names, StillFailing = names, Broken = names, Flaky = names },
        })!;

        Assert.InRange(check.Summary.Length, 100, 65_000);
        Assert.Equal(50, check.Annotations.Count);
        Assert.InRange(check.Title.Length, 1, 140);
        Assert.StartsWith("@&#8203;everyone &lt;img> fixes #&#8203;1\n", check.Summary, StringComparison.Ordinal);
    }
}
