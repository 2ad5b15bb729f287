using CodexService.PullRequests.Forges;

namespace CodexService.PullRequests.Tests.Forges;

public sealed class BranchNameTests
{
    [Theory]
    [InlineData("Fix the pagination bug", "codex/fix-the-pagination-bug-deadbeef")]
    [InlineData("  ..//--Fix!!  ", "codex/fix-deadbeef")]
    [InlineData("Ünïcödé 修复", "codex/n-c-d-deadbeef")]
    [InlineData("", "codex/task-deadbeef")]
    [InlineData("修复", "codex/task-deadbeef")]
    [InlineData("refs/heads/main.lock", "codex/refs-heads-main-lock-deadbeef")]
    [InlineData("one two three four five six seven eight nine ten", "codex/one-two-three-four-five-six-seven-eight-deadbeef")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "codex/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-deadbeef")]
    public void For_AnyTitle_IsAShortAsciiName(string title, string expected) =>
        Assert.Equal(expected, BranchName.For(title, Guid.Parse("01890000-0000-7000-8000-0000deadbeef")));
}
