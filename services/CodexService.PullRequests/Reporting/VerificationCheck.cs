using System.Globalization;
using System.Text;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Forges;
using CodexService.Repositories.Patches;

namespace CodexService.PullRequests.Reporting;

/// <summary>What the check of a pull request's head commit shows.</summary>
/// <param name="Head">The commit.</param>
/// <param name="Status"><c>queued</c>, <c>in_progress</c> or <c>completed</c>.</param>
/// <param name="Conclusion"><c>success</c>, <c>neutral</c> or <c>failure</c>; <see langword="null"/> before it is completed.</param>
/// <param name="Title">One line.</param>
/// <param name="Summary">Markdown.</param>
internal sealed record VerificationCheck(string Head, string Status, string? Conclusion, string Title, string Summary)
{
    /// <summary>Name on GitHub.</summary>
    public const string Name = "Codex verification";

    /// <summary>Status of a check that has ended.</summary>
    public const string Completed = "completed";

    private const int MostAnnotations = 50;
    private const int MostTests = 50;
    private const int LongestTitle = 140;

    /// <summary>What the evidence says of the commit, also while a follow-up on it runs.</summary>
    public required string Verdict { get; init; }

    /// <summary>Marks on lines.</summary>
    public IReadOnlyList<CheckAnnotation> Annotations { get; init; } = [];

    /// <summary>The check that the task's head should have; <see langword="null"/> without a pull request on GitHub.</summary>
    public static VerificationCheck? Of(TaskStanding task)
    {
        if (task.PullRequest is not { IsOnGitHub: true } pull)
        {
            return null;
        }

        if (task.IsOver)
        {
            return Evidence(task, pull);
        }

        var waits = task.State == TaskState.Queued;
        return new VerificationCheck(
            pull.HeadCommit,
            waits ? "queued" : "in_progress",
            null,
            waits ? "A follow-up on this commit waits for a worker" : "A follow-up on this commit is being worked on",
            "The new evidence comes with the new commit.")
        {
            Verdict = Judge(task, pull).Conclusion,
        };
    }

    /// <summary>What the check of a commit says that got another one in its place or on top: the verdict on the commit stands.</summary>
    public static VerificationCheck Superseded(string head, string verdict, string by) => new(
        head,
        Completed,
        verdict,
        $"The follow-up is done: see {StatusComment.Short(by)}",
        $"The branch is at {by} now. The evidence for this commit is in its earlier check.")
    {
        Verdict = verdict,
    };

    /// <summary>The tests of a proof in one line.</summary>
    public static string InWords(VerificationReport proof)
    {
        var repaired = proof.FailToPass.Count;
        var parts = new[]
        {
            repaired > 0 ? $"{Quantity.Of(repaired, "failing test")} {(repaired == 1 ? "passes" : "pass")} now" : null,
            proof.PassToPass > 0 ? $"{proof.PassToPass.ToString("N0", CultureInfo.InvariantCulture)} still {(proof.PassToPass == 1 ? "passes" : "pass")}" : null,
            proof.StillFailing.Count > 0 ? $"{proof.StillFailing.Count} still {(proof.StillFailing.Count == 1 ? "fails" : "fail")}" : null,
            proof.Broken.Count > 0 ? $"{proof.Broken.Count} {(proof.Broken.Count == 1 ? "fails" : "fail")} that passed before" : null,
        }.Where(part => part is not null);
        var words = string.Join(", ", parts);
        return words.Length > 0 ? words : "the command reports no single tests; its exit code is all that was judged";
    }

    private static VerificationCheck Evidence(TaskStanding task, ShownPullRequest pull)
    {
        var (conclusion, doubt) = Judge(task, pull);
        var ended = task.Outcome == TaskState.Succeeded ? "" : $"The last round brought no new commit, so this evidence stands. {GitHubMarkdown.Line(task.LastRound?.InWords() ?? task.Reason ?? "", 600)}\n\n";
        if (task.Verification is not { } proof)
        {
            return new VerificationCheck(pull.HeadCommit, Completed, conclusion, $"Not judged: {doubt}", $"{ended}Look at the pull request itself: {doubt}.") { Verdict = conclusion };
        }

        var title = conclusion switch
        {
            "failure" => $"{char.ToUpperInvariant(doubt![0])}{doubt[1..]}",
            _ when pull.Doubt is { } why => $"{char.ToUpperInvariant(why[0])}{why[1..]}",
            "neutral" => $"Verified, but {doubt}",
            _ => $"Verified: {InWords(proof)}",
        };
        return new VerificationCheck(pull.HeadCommit, Completed, conclusion, ForeignText.Shorten(title, LongestTitle), GitHubMarkdown.Bounded(ended + Evidence(task, proof, doubt)))
        {
            Verdict = conclusion,
            Annotations = [.. Annotate(task, proof).Take(MostAnnotations)],
        };
    }

    // What is published was verified: nothing broke. Whether that also says that the change does what was asked depends on tests that failed
    // before it and that the change itself did not write. Above all, the tests have to have run on this very commit's files; what a later
    // round saw of those says more than any proof from before it.
    private static (string Conclusion, string? Doubt) Judge(TaskStanding task, ShownPullRequest pull) => task.Verification switch
    {
        null => ("neutral", "no evidence is stored for this commit"),
        _ when task.FailingSince.Count > 0 => ("failure", StatusComment.FailingSince(task)),
        _ when pull.Doubt is { } doubt => ("neutral", doubt),
        { FailToPass.Count: 0, PassToPass: 0 } => ("neutral", "the command reports no single tests"),
        { RemovedTests.Count: > 0 } proof => ("neutral", $"it deletes or skips {Quantity.Of(proof.RemovedTests.Count, "test")}"),
        { FailToPass.Count: 0 } => ("neutral", "no test failed before it"),
        { } proof when proof.FailToPass.All(proof.ChangedFailToPass.Contains) => ("neutral", "it changes the tests that prove it"),
        _ => ("success", null),
    };

    private static string Evidence(TaskStanding task, VerificationReport proof, string? doubt)
    {
        var text = new StringBuilder();
        text.Append(GitHubMarkdown.Line(proof.Reason, 600)).Append("\n\n");
        if (doubt is not null)
        {
            text.Append("> [!NOTE]\n> ").Append(task switch
            {
                { FailingSince.Count: > 0 } => "The last round ran the tests on this very commit: ",
                { PullRequest.Doubt: not null } => "This evidence is not of this very commit: ",
                _ => "Verified, but ",
            }).Append(doubt).Append(": read the change with that in mind.\n\n");
        }

        if (proof.Commands.Count > 0)
        {
            text.Append("| When | Command | Exit code | Seconds |\n|:--|:--|--:|--:|\n");
            foreach (var command in proof.Commands.Take(MostTests))
            {
                text.Append("| ").Append(command.Phase == "before" ? "base" : "with the patch").Append(" | ").Append(ForeignText.Code(command.Command))
                    .Append(" | ").Append(command.ExitCode.ToString(CultureInfo.InvariantCulture)).Append(command.TimedOut ? " (timed out)" : "")
                    .Append(" | ").Append(command.Seconds.ToString("0.00", CultureInfo.InvariantCulture)).Append(" |\n");
            }

            text.Append('\n');
        }

        text.Append("**Tests:** ").Append(InWords(proof)).Append("\n\n");
        if (NetworkText.Line(proof.Network) is { } network)
        {
            text.Append(network).Append("\n\n");
        }

        Tests(text, "Fails on this commit since", task.FailingSince, open: true);
        Tests(text, "Failed before, passes now", proof.FailToPass, open: true);
        Tests(text, "Passed before, fails now", proof.Broken, open: true);
        Tests(text, "Failed before and still fails", proof.StillFailing);
        Tests(text, "Disagreed between two runs", proof.Flaky);
        Tests(text, "Deleted or skipped by the patch", proof.RemovedTests);
        Tests(text, "Test files that the patch changes", [.. proof.ChangedTests.Select(file => file.Path)]);
        Tests(text, "Left out until a person approves them", task.PullRequest?.Held ?? []);
        if (task.Link is { } link)
        {
            text.Append(GitHubMarkdown.Link("Log and outputs of the commands", link.AbsoluteUri)).Append('\n');
        }

        return text.ToString();
    }

    private static void Tests(StringBuilder text, string heading, IReadOnlyList<string> names, bool open = false)
    {
        if (names.Count == 0)
        {
            return;
        }

        var list = string.Concat(names.Take(MostTests).Select(name => $"- {ForeignText.Code(name)}\n"));
        text.Append(GitHubMarkdown.Folded($"{heading} ({names.Count.ToString("N0", CultureInfo.InvariantCulture)})", list + (names.Count > MostTests ? $"- and {names.Count - MostTests} more\n" : ""), open)).Append('\n');
    }

    private static IEnumerable<CheckAnnotation> Annotate(TaskStanding task, VerificationReport proof)
    {
        // The reports of test runners tell no lines. The head has what is held as it was before the change.
        var patches = task.Patches.Select(DiffLines.Read).ToList();
        CheckAnnotation Mark(string path, string level, string message, bool before = false)
        {
            var line = patches.Select(patch => patch.FirstChange(path, before)).FirstOrDefault(known => known is not null) ?? 1;
            return new CheckAnnotation(path, line, line, level, message);
        }

        foreach (var failing in task.FailingSince.GroupBy(Place).Where(group => group.Key is not null))
        {
            yield return Mark(failing.Key!, "failure", ForeignText.Shorten($"Fails on this commit: {string.Join(", ", failing.Select(test => ForeignText.OneLine(ForeignText.Clean(test))))}", 1000));
        }

        foreach (var path in task.PullRequest?.Held ?? [])
        {
            yield return Mark(path, "warning", "This file's change waits for the approval of a person with write access.", before: true);
        }

        foreach (var file in proof.ChangedTests.Where(file => file.Change != TestFileChange.Deleted))
        {
            yield return Mark(file.Path, "warning", "The patch changes this test file; what it proves is what the patch made of it.");
        }

        foreach (var failing in proof.StillFailing.GroupBy(Place).Where(group => group.Key is not null))
        {
            yield return Mark(failing.Key!, "notice", ForeignText.Shorten($"Failed before the patch and still fails: {string.Join(", ", failing.Select(test => ForeignText.OneLine(ForeignText.Clean(test))))}", 1000));
        }
    }

    // pytest names tests path::name; other runners do not tell the file.
    private static string? Place(string test) =>
        test.IndexOf("::", StringComparison.Ordinal) is > 0 and var end && test[..end] is var path && Path.GetExtension(path).Length > 1 && !path.Contains("..", StringComparison.Ordinal) && path[0] != '/'
            ? path
            : null;
}
