using System.Globalization;
using System.Text;
using CodexService.Contracts.Api;

namespace CodexService.PullRequests.Forges;

/// <summary>Writes the Markdown of a pull request: what, why, the evidence, and what nobody has checked.</summary>
public static class PullRequestBody
{
    private const int MaxPromptLength = 4000;
    private const int MaxSummaryLength = 8000;
    private const int MaxTests = 50;
    private const int MaxEarlier = 20;
    private const int MaxEarlierLength = 200;

    /// <summary>The body.</summary>
    public static string Write(ChangeDescription change)
    {
        var text = new StringBuilder();
        text.Append("## What\n\n").Append(ForeignText.DefuseMarkdown(ForeignText.Shorten(change.Summary.Trim(), MaxSummaryLength))).Append("\n\n");
        text.Append("## Why\n\nTask `").Append(change.TaskId.ToString("D")).Append("` asked:\n\n");
        text.Append(ForeignText.Block(ForeignText.Shorten(change.Prompt.Trim(), MaxPromptLength))).Append("\n\n");
        ChangedTests(text, change.Verification);
        Evidence(text, change);
        NotVerified(text, change);
        Earlier(text, change);
        return text.ToString();
    }

    /// <summary>The body of a change that was put on top of commits by others.</summary>
    public static string OnOthers(string body) =>
        "> [!NOTE]\n> Others pushed to this branch while the change was worked on, and it was put on top of their commits. The evidence below is of the change " +
        $"without them; both together were not verified.\n\n{body}";

    // Before the evidence, because it says how much that is worth.
    private static void ChangedTests(StringBuilder text, VerificationReport proof)
    {
        if (proof.ChangedTests.Count == 0)
        {
            return;
        }

        text.Append("## The patch changes tests\n\nRead these files first: what they prove is what the patch made of them.\n\n");
        foreach (var file in proof.ChangedTests.Take(MaxTests))
        {
            text.Append("- ").Append(file.Change.ToString().ToLowerInvariant()).Append(' ').Append(ForeignText.Code(file.Path)).Append('\n');
        }

        if (proof.ChangedTests.Count > MaxTests)
        {
            text.Append($"- and {proof.ChangedTests.Count - MaxTests} more\n");
        }

        List(text, "Repaired tests that the patch itself changes", proof.ChangedFailToPass);
        text.Append('\n');
    }

    private static void Evidence(StringBuilder text, ChangeDescription change)
    {
        var proof = change.Verification;
        text.Append("## Evidence\n\n").Append(ForeignText.DefuseMarkdown(ForeignText.OneLine(proof.Reason))).Append("\n\n");
        if (proof.FailToPass.Count > 0)
        {
            text.Append("| Test | Base | With the patch |\n|---|---|---|\n");
            foreach (var test in proof.FailToPass.Take(MaxTests))
            {
                text.Append("| ").Append(ForeignText.Code(test)).Append(" | fails | passes |\n");
            }

            if (proof.FailToPass.Count > MaxTests)
            {
                text.Append($"| and {proof.FailToPass.Count - MaxTests} more | fails | passes |\n");
            }

            text.Append('\n');
        }

        if (proof.Commands.Count > 0)
        {
            text.Append("| When | Command | Exit code | Seconds |\n|---|---|---:|---:|\n");
            foreach (var command in proof.Commands)
            {
                text.Append("| ").Append(command.Phase == "before" ? "base" : "with the patch")
                    .Append(" | ").Append(ForeignText.Code(command.Command))
                    .Append(" | ").Append(command.ExitCode.ToString(CultureInfo.InvariantCulture)).Append(command.TimedOut ? " (timed out)" : "")
                    .Append(" | ").Append(command.Seconds.ToString("0.00", CultureInfo.InvariantCulture)).Append(" |\n");
            }

            text.Append('\n');
        }
    }

    private static void NotVerified(StringBuilder text, ChangeDescription change)
    {
        var proof = change.Verification;
        text.Append("## Not verified\n\n");
        text.Append(proof.FailToPass.Count == 0 && proof.PassToPass == 0
            ? "- The command reports no single tests; its exit code is all that was judged.\n"
            : proof.Verified && proof.FailToPass.Count == 0
            ? "- That the change does what was asked: no test failed before it, so the tests show only that nothing broke.\n"
            : "- Whatever the tests above do not exercise.\n");
        List(text, "Failed before and still fails", proof.StillFailing);
        List(text, "Passed before and fails now", proof.Broken);
        List(text, "Disagreed between two runs", proof.Flaky);
        List(text, "Deleted or skipped by the patch", proof.RemovedTests);
        NetworkText.AppendList(text, proof.Network);
        List(text, "Runs with the repository's own rights; look before approving (on GitHub left out until somebody does)", change.HeldForApproval);
    }

    // The commits below tell these rounds whole; here they are a reminder.
    private static void Earlier(StringBuilder text, ChangeDescription change)
    {
        if (change.Earlier.Count == 0)
        {
            return;
        }

        text.Append("\n## Before this\n\n");
        foreach (var earlier in change.Earlier.TakeLast(MaxEarlier))
        {
            text.Append("- ").Append(Line(ForeignText.FirstLine(earlier.Prompt))).Append(": ").Append(Line(earlier.Outcome)).Append('\n');
        }
    }

    private static string Line(string text) => ForeignText.DefuseMarkdown(ForeignText.Shorten(ForeignText.OneLine(text.Trim()), MaxEarlierLength));

    private static void List(StringBuilder text, string heading, IReadOnlyList<string> items)
    {
        if (items.Count > 0)
        {
            text.Append("- ").Append(heading).Append(": ").AppendJoin(", ", items.Take(MaxTests).Select(ForeignText.Code))
                .Append(items.Count > MaxTests ? $" and {items.Count - MaxTests} more" : "").Append('\n');
        }
    }
}
