using CodexService.Contracts.Api;
using CodexService.PullRequests.Reporting;

namespace CodexService.PullRequests.Tests.Reporting;

/// <summary>Tasks as the reporter sees them.</summary>
internal static class Standings
{
    public const string Head = "2222222222222222222222222222222222222222";

    public static readonly Guid TaskId = Guid.Parse("01998a00-0000-7000-8000-000000000001");

    public static VerificationReport Proof { get; } = new(
        true,
        "1 failing test passes now",
        ["tests/test_page.py::test_second"],
        12,
        [],
        [],
        [],
        [new CommandReport(0, "before", "pytest -q", 1, 0.5, false, 10), new CommandReport(1, "after", "pytest -q", 0, 0.41, false, 10)]);

    public static TaskStanding In(TaskState state) => new(TaskId, state) { RequestedBy = "writer", Link = new Uri($"https://codex.example.com/tasks/{TaskId:D}") };

    public static TaskStanding Succeeded => In(TaskState.Succeeded) with
    {
        PullRequest = Pull(),
        Verification = Proof,
        Summary = "The offset was one page short.",
        Elapsed = TimeSpan.FromSeconds(192),
    };

    public static ShownPullRequest Pull(PullRequestState state = PullRequestState.Open, params IReadOnlyList<string> held) => new(
        12, "https://github.com/acme/shop/pull/12", true, "Fix the pagination", "codex/issue-3-fix", Head, state, held);
}
