using System.Globalization;
using CodexService.Cli.Tasks;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using Spectre.Console;

namespace CodexService.Cli.Terminal;

/// <summary>How a task ended, for people, on stdout.</summary>
internal static class ResultView
{
    private const int MostTests = 15;

    /// <summary>The diff, the proof, and one line that says it all.</summary>
    /// <param name="screen">Where to.</param>
    /// <param name="task">The task.</param>
    /// <param name="serviceUrl">Where the service answers; <see langword="null"/> when it ends with this command, so that an address of it would lead nowhere.</param>
    public static void Write(Screen screen, TaskDetail task, string? serviceUrl)
    {
        if (task.Summary.State == TaskState.Succeeded && task.Patch is { Length: > 0 } patch)
        {
            screen.Line();
            DiffView.Write(screen, patch);
        }

        if (task.Verification is { } proof)
        {
            WriteProof(screen, proof);
        }

        if (task.Attempts.Count > 1)
        {
            AttemptTable.Write(screen, task);
        }

        screen.Line();
        WriteVerdict(screen, task, serviceUrl);
    }

    /// <summary>Which tests changed sides, and what was run to know it.</summary>
    public static void WriteProof(Screen screen, VerificationReport proof)
    {
        WriteTests(screen, proof.FailToPass, "green", "fail → pass");
        WriteTests(screen, proof.Broken, "red", "pass → fail");
        WriteTests(screen, proof.Flaky, "yellow", "flaky");
        WriteTests(screen, proof.RemovedTests, "yellow", "deleted or skipped");
        WriteTests(screen, [.. proof.ChangedTests.Select(file => $"{file.Path} ({file.Change.ToString().ToLowerInvariant()})")], "yellow", "changed test file, review it");
        WriteTests(screen, proof.ChangedFailToPass, "yellow", "repaired test in a changed file");
        NetworkView.Write(screen, proof.Network);
        if (proof.Commands.Count == 0)
        {
            return;
        }

        // Phase, exit code and time take 26 columns; a command longer than the rest of the row names tests one by one.
        var room = screen.IsTerminal ? Math.Max(20, screen.Width - 27) : int.MaxValue;
        screen.Line();
        screen.Line($"  [grey]{"run",-8} {"exit",4}  {"time",7}   command[/]");
        foreach (var command in proof.Commands)
        {
            var code = command.TimedOut ? "late" : command.ExitCode.ToString(CultureInfo.InvariantCulture);
            var colour = !command.TimedOut && command.ExitCode == 0 ? "green" : "red";
            screen.Line(
                $"  {Markup.Escape(command.Phase),-8} [{colour}]{code,4}[/]  [grey]{Words.Duration(command.Seconds),7}[/]   {Markup.Escape(Words.Cut(command.Command, room))}");
        }
    }

    private static void WriteTests(Screen screen, IReadOnlyList<string> tests, string colour, string label)
    {
        if (tests.Count == 0)
        {
            return;
        }

        screen.Line();
        foreach (var test in tests.Take(MostTests))
        {
            screen.Line($"  [{colour}]{label}[/]  {Markup.Escape(Words.Printable(test))}");
        }

        if (tests.Count > MostTests)
        {
            screen.Line($"  [grey]and {tests.Count - MostTests} more[/]");
        }
    }

    /// <summary>An answer, and which of the places that it names are there.</summary>
    public static void WriteAnswer(Screen screen, string answer, IReadOnlyList<AnswerReference> references)
    {
        screen.Line();
        foreach (var line in answer.Split('\n'))
        {
            screen.Line(Markup.Escape(Words.Printable(line.TrimEnd())));
        }

        if (references.Count > 0)
        {
            screen.Line();
        }

        foreach (var reference in references)
        {
            var place = $"{reference.Path}:{reference.Line}{(reference.EndLine is { } end ? $"-{end}" : string.Empty)}";
            screen.Line($"  {(reference.Exists ? "[green]✓[/]" : "[red]✗[/]")} {Markup.Escape(Words.Printable(place))}{(reference.Exists ? string.Empty : " [grey](not at the base commit)[/]")}");
        }
    }

    /// <summary>One line that says it all, and where to find the result.</summary>
    public static void WriteVerdict(Screen screen, TaskDetail task, string? serviceUrl)
    {
        var state = task.Summary.State;
        var usage = task.Usage;
        List<string> facts = [];
        if (state == TaskState.Succeeded && task.Verification is { } proof)
        {
            facts.Add($"{Quantity.Of(proof.FailToPass.Count, "test")} fixed");
            facts.Add($"{proof.PassToPass} still {Quantity.Noun(proof.PassToPass, "passes", "pass")}");
        }

        if (usage.Candidates > 0)
        {
            facts.Add(Quantity.Of(usage.Candidates, "candidate"));
        }

        if (usage.InputTokens + usage.OutputTokens > 0)
        {
            facts.Add(Quantity.Of(usage.InputTokens + usage.OutputTokens, "token"));
        }

        if (usage.WallSeconds > 0)
        {
            facts.Add(Words.Duration(usage.WallSeconds));
        }

        var head = state == TaskState.Succeeded ? $"[bold green]✓ {task.Summary.Kind switch { TaskKind.Ask => "Answered", TaskKind.Review => "Reviewed", _ => Verified(task) }}[/]" : $"[bold {Words.Colour(state)}]✗ {Headline(state)}[/]";
        screen.Line(string.Concat(head, string.Concat(facts.Select(fact => $" [grey]·[/] {fact}"))));
        if (state != TaskState.Succeeded)
        {
            WriteWhy(screen, task);
        }
        else if (task.LastRound is { } last)
        {
            screen.Line($"  [{Words.Colour(last.State)}]{Markup.Escape(Words.Printable(last.InWords()))}[/]");
        }

        if (task.Branch is not null)
        {
            var (files, added, removed) = DiffView.Count(task.Patch ?? string.Empty);
            screen.Line($"  [grey]branch[/]        {Markup.Escape(task.Branch)} [grey]({Quantity.Of(files, "file")}, +{added} −{removed})[/]");
        }

        if (task.PullRequest is { } pull)
        {
            var link = PullRequestLink.IsElsewhere(pull) || serviceUrl is not null ? " " + PullRequestLink.Of(pull, serviceUrl ?? string.Empty) : string.Empty;
            screen.Line($"  [grey]pull request[/]  #{pull.Number} [{Words.Colour(pull.State)}]{pull.State.ToString().ToLowerInvariant()}[/]{Markup.Escape(link)}");
        }

        screen.Line($"  [grey]task[/]          {task.Summary.Id}");
    }

    private static void WriteWhy(Screen screen, TaskDetail task)
    {
        if (task.Summary.Reason is { Length: > 0 } reason)
        {
            screen.Line($"  {Markup.Escape(Words.Printable(reason))}");
        }

        foreach (var line in (task.ResultSummary ?? string.Empty).Split('\n').Where(line => line.Trim().Length > 0 && !Says(task.Summary.Reason, line)))
        {
            screen.Line($"  [grey]{Markup.Escape(Words.Printable(line.TrimEnd()))}[/]");
        }

        if (task.Patch is { Length: > 0 })
        {
            screen.Line($"  [grey]an unverified patch is kept: ./codex diff {Words.ShortId(task.Summary.Id)}[/]");
        }
    }

    private static string Verified(TaskDetail task) => task.PullRequest?.State switch
    {
        PullRequestState.Merged => "Verified and merged",
        PullRequestState.Closed => "Verified, closed without a merge",
        _ => "Verified",
    };

    // A reason begins as the summary does, without its marks and its last full stop, and may be cut.
    private static bool Says(string? reason, string line) =>
        line.Trim(' ', '#', '*', '.', '\r') is { Length: > 0 } text && reason is not null
        && (reason.StartsWith(text, StringComparison.Ordinal) || (reason.EndsWith('…') && text.StartsWith(reason[..^1], StringComparison.Ordinal)));

    private static string Headline(TaskState state) => state switch
    {
        TaskState.NoChange => "No verified patch",
        TaskState.TimedOut => "Timed out",
        TaskState.Cancelled => "Cancelled",
        TaskState.Failed => "Failed",
        _ => Words.State(state),
    };
}
