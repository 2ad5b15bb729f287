using System.CommandLine;
using CodexService.Cli.Tasks;
using CodexService.Cli.Terminal;
using CodexService.Contracts.Api;
using Spectre.Console;

namespace CodexService.Cli.Commands;

/// <summary><c>codex ask</c>: a question about a repository.</summary>
internal static class AskCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var question = new Argument<string>("question") { Description = "What to answer; - reads it from stdin, @file from a file" };
        var baseRef = new Option<string?>("--base") { Description = "Branch, tag or commit (default: the repository's default branch)", HelpName = "ref" };
        var frame = new AnswerCommand(environment, "answer")
        {
            Text = task => task.Answer,
            Report = AskReport.Of,
            Remarks = task => task.References.Where(reference => !reference.Exists).Select(wrong =>
                $"[yellow]not found at the base commit:[/] {Markup.Escape(Words.Printable($"{wrong.Path}:{wrong.Line}"))}"),
        };
        frame.Json.Description = "Write answer and references as JSON";
        return frame.Create(
            "ask",
            "Ask a question about a repository and print the answer (exit code 0 answer, 2 none, 1 error)",
            async (parsed, cancellationToken) => new SubmitTaskRequest(
                RepositoryArgument.Resolve(parsed.GetRequiredValue(frame.Repository), environment),
                await PromptArgument.ResolveAsync(parsed.GetRequiredValue(question), environment, cancellationToken),
                BaseRef: parsed.GetValue(baseRef),
                TimeoutSeconds: parsed.GetValue(frame.Timeout),
                Model: parsed.GetValue(frame.Model))
            {
                Kind = TaskKind.Ask,
            },
            question,
            frame.Repository,
            baseRef,
            frame.Timeout,
            frame.Model,
            frame.Json);
    }
}
