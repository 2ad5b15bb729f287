using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Tests;

/// <summary>A task as the API tells it.</summary>
internal static class Sample
{
    public static readonly Guid Id = Guid.Parse("0199aaaa-0000-7000-8000-00001234abcd");
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public const string Patch =
        "diff --git a/users/pages.py b/users/pages.py\n--- a/users/pages.py\n+++ b/users/pages.py\n@@ -7,3 +7,3 @@ def page(items, number, size):\n     \"\"\"One page.\"\"\"\n-    start = (number - 1) * size - 1\n+    start = (number - 1) * size\n     return items[start:start + size]\n";

    public static TaskDetail Succeeded() => new(
        new TaskSummary(
            Id, "Fix the pagination bug", "/repo", "main", TaskState.Succeeded, null, "repair", null, 140,
            Start, Start.AddSeconds(1), Start.AddSeconds(9), 1, PullRequestState.Open),
        "Fix the pagination bug",
        "python3 -m pytest -q",
        "base000",
        "head111",
        "codex/fix-the-pagination-bug-1234abcd",
        900,
        "Changed the start of a page.",
        Patch,
        new VerificationReport(
            true, "all target tests pass", ["tests/test_pages.py::test_second_page"], 12, [], [], [],
            [
                new CommandReport(0, "before", "python3 -m pytest -q", 1, 0.91, false, 100),
                new CommandReport(1, "after", "python3 -m pytest -q", 0, 0.88, false, 100),
            ]),
        PullRequest(),
        [new AttemptInfo(Guid.Empty, 1, AttemptState.Succeeded, null, 1, "w", Start, Start.AddSeconds(9), 140)],
        new TaskUsage(9.1, 0.02, 0.2, 140, 0, 0),
        false,
        9);

    public static PullRequestInfo PullRequest() => new(
        1, Id, "http://127.0.0.1:1/pulls/1", "Fix the start of a page", "body", PullRequestState.Open, "/repo", "main",
        "codex/fix-the-pagination-bug-1234abcd", "head111", null, null, [], Start, null);

    public static TaskDetail Queued(TaskDetail task) => task with
    {
        Summary = task.Summary with { State = TaskState.Queued, CandidatesTried = 0 },
        Patch = null,
        Verification = null,
        PullRequest = null,
        Branch = null,
        ResultSummary = null,
    };

    public static TaskDetail Ended(TaskDetail task, TaskState state, string reason) => Queued(task) with
    {
        Summary = Queued(task).Summary with { State = state, Reason = reason, PullRequestNumber = null, PullRequestState = null },
    };

    public static TaskEventInfo Event(long seq, string type, string message, object? data = null, int? attempt = null) =>
        new(seq, type, Start.AddSeconds(seq), attempt, message, data is null ? null : JsonSerializer.SerializeToElement(data, JsonConventions.Options));

    public static List<TaskEventInfo> Events(string state = "succeeded") =>
    [
        Event(1, TaskEventTypes.TaskSubmitted, "Submitted"),
        Event(2, TaskEventTypes.AttemptClaimed, "Worker w took the attempt", new { worker = "w", epoch = 1 }, 1),
        Event(3, TaskEventTypes.StageStarted, "Checking out main", new { stage = "checkout" }, 1),
        Event(4, TaskEventTypes.StageStarted, "Opening the sandbox", new { stage = "sandbox" }, 1),
        Event(5, TaskEventTypes.StageStarted, "Trying edits", new { stage = "search", candidates = 0 }, 1),
        Event(6, TaskEventTypes.StageStarted, "Running the tests again", new { stage = "verify", candidates = 140 }, 1),
        Event(7, TaskEventTypes.CommandFinished, "after: exit code 0", new { phase = "after", exit_code = 0 }, 1),
        Event(8, TaskEventTypes.AttemptFinished, "Attempt 1 ended", new { state }, 1),
        Event(9, TaskEventTypes.TaskFinished, "Finished", new { state }),
    ];
}
