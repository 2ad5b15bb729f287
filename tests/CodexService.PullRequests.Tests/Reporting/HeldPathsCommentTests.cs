using CodexService.Contracts.Api;
using CodexService.PullRequests.Reporting;

namespace CodexService.PullRequests.Tests.Reporting;

public sealed class HeldPathsCommentTests
{
    private const string Patch =
        """
        diff --git a/.github/workflows/ci.yml b/.github/workflows/ci.yml
        index 1111111..2222222 100644
        --- a/.github/workflows/ci.yml
        +++ b/.github/workflows/ci.yml
        @@ -1 +1 @@
        -on: push
        +on: pull_request_target # ``` @everyone
        diff --git a/app.py b/app.py
        index 1111111..2222222 100644
        --- a/app.py
        +++ b/app.py
        @@ -1 +1 @@
        -x = 1
        +x = 2

        """;

    [Fact]
    public void Write_NothingHeld_IsNothing() => Assert.Null(HeldPathsComment.Write(Standings.Succeeded));

    [Fact]
    public void Write_HeldPaths_NamesThemAndShowsTheirPartAlone()
    {
        var text = HeldPathsComment.Write(Standings.Succeeded with { PullRequest = Standings.Pull(held: [".github/workflows/ci.yml"]), Patches = [Patch] })!;

        Assert.Contains("\n- `.github/workflows/ci.yml`\n", text, StringComparison.Ordinal);
        Assert.Contains("comment `@codex approve`, or apply them by hand to `codex/issue-3-fix`", text, StringComparison.Ordinal);
        Assert.Contains("\n````diff\ndiff --git a/.github/workflows/ci.yml", text, StringComparison.Ordinal);
        Assert.Contains("+on: pull_request_target # ``` @everyone\n````\n\n</details>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("app.py", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_HeldInAnEarlierRound_ShowsItsPart()
    {
        var newest = Patch.Replace(".github/workflows/ci.yml", "b.py", StringComparison.Ordinal);

        var text = HeldPathsComment.Write(Standings.Succeeded with { PullRequest = Standings.Pull(held: [".github/workflows/ci.yml"]), Patches = [newest, Patch, Patch] })!;

        Assert.Equal(2, text.Split("diff --git").Length);
        Assert.Contains("+on: pull_request_target", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_LongPatch_IsShortened()
    {
        var patch = Patch.Replace("+on:", "+" + new string('y', 100_000) + "on:", StringComparison.Ordinal);

        var text = HeldPathsComment.Write(Standings.Succeeded with { PullRequest = Standings.Pull(PullRequestState.Open, ".github/workflows/ci.yml"), Patches = [patch] })!;

        Assert.InRange(text.Length, 30_000, 32_000);
        Assert.Contains("The changes (shortened", text, StringComparison.Ordinal);
    }
}
