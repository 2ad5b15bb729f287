using System.CommandLine;
using CodexService.Cli.Client;
using CodexService.Cli.Terminal;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using Spectre.Console;

namespace CodexService.Cli.Commands;

/// <summary><c>codex show</c>: everything about a task but its diff.</summary>
internal static class ShowCommand
{
    public static Command Create(CliEnvironment environment) => TaskCommand.Create(
        environment,
        "show",
        "Show a task: its state, its proof, its pull request",
        async (client, id, cancellationToken) =>
        {
            var task = await client.GetTaskAsync(id, cancellationToken);
            Write(environment, client, task);
            return ExitCodes.Success;
        });

    private static void Write(CliEnvironment environment, CodexClient client, TaskDetail task)
    {
        var screen = environment.Out;
        var summary = task.Summary;
        screen.Line($"[bold]{Markup.Escape(Words.Printable(summary.Title))}[/]");
        Fact(screen, "state", $"[{Words.Colour(summary.State)}]{Words.State(summary)}[/]{Stage(summary)}");
        Fact(screen, "repository", Markup.Escape(Words.Printable(summary.Repository)));
        var start = task.Prompts is [{ BaseCommit: { } first }, ..] ? first : task.BaseCommit;
        Fact(screen, "base", Markup.Escape(Words.Printable($"{summary.BaseRef} {Short(start)}".TrimEnd())));
        FactIfSet(screen, "patch", task is { Patch.Length: > 0, Branch: { } branch } && start != task.BaseCommit
            ? $"a later round's, on top of {Short(task.BaseCommit)}; the whole change: git diff {summary.BaseRef}...{branch}"
            : null);
        FactIfSet(screen, "test command", task.TestCommand.Length > 0 ? task.TestCommand : null);
        Fact(screen, "brain", Markup.Escape(summary.Brain));
        FactIfSet(screen, "model", task.Model);
        FactIfSet(screen, "template", task.Template);
        Fact(screen, "submitted", Words.Ago(environment.Time.GetUtcNow() - summary.CreatedAt));
        FactIfSet(screen, "waits", summary.State == TaskState.Paused ? summary.Reason : task.PauseRequested ? "pausing after this turn" : null);
        if (task.MessageCount > 0)
        {
            Fact(screen, "messages", $"{task.MessageCount}");
        }

        foreach (var plan in task.Plans)
        {
            Fact(screen, task.Plans.Count > 1 ? $"plan {plan.Attempt}" : "plan", plan.State == PlanState.Waiting ? "[yellow]waits for your approval[/]" : plan.State.ToString().ToLowerInvariant());
            foreach (var line in plan.Text.Split('\n'))
            {
                screen.Line($"                {Markup.Escape(Words.Printable(line))}");
            }
        }

        foreach (var attempt in task.Attempts)
        {
            // Why the last one ended is told with the verdict.
            var reason = attempt.Reason is { Length: > 0 } said && Tells(task, said) ? string.Empty : attempt.Reason is { Length: > 0 } ? $" · {Words.Printable(attempt.Reason)}" : string.Empty;
            Fact(screen, $"attempt {attempt.Number}", Markup.Escape($"{Words.State(attempt.State)} · {Quantity.Of(attempt.CandidatesTried, "candidate")}{reason}"));
        }

        if (summary.State.IsTerminal())
        {
            if (task.Verification is { } proof)
            {
                ResultView.WriteProof(screen, proof);
            }

            if (task.Attempts.Count > 1)
            {
                AttemptTable.Write(screen, task);
            }

            if (task.Answer is { } answer)
            {
                ResultView.WriteAnswer(screen, answer, task.References);
            }

            screen.Line();
            ResultView.WriteVerdict(screen, task, client.Address.Url);
        }
        else
        {
            Fact(screen, "task", summary.Id.ToString());
        }
    }

    private static bool Tells(TaskDetail task, string reason) =>
        task.Summary.State.IsTerminal() && (task.LastRound?.Reason ?? (task.Summary.State == TaskState.Succeeded ? null : task.Summary.Reason)) == reason;

    private static void Fact(Screen screen, string name, string markup) => screen.Line($"  [grey]{name,-13}[/] {markup}");

    private static void FactIfSet(Screen screen, string name, string? text)
    {
        if (text is not null)
        {
            Fact(screen, name, Markup.Escape(Words.Printable(text)));
        }
    }

    private static string Stage(TaskSummary summary) =>
        summary.State.IsTerminal() || summary.Stage is null ? string.Empty : $" [grey]({Markup.Escape(summary.Stage)})[/]";

    private static string Short(string? commit) => commit is { Length: > 10 } ? commit[..10] : commit ?? string.Empty;
}
