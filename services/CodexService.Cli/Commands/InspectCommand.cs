using System.CommandLine;
using CodexService.Cli.Tasks;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Commands;

/// <summary><c>codex inspect</c>: a review of a change that somebody made.</summary>
internal static class InspectCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var head = new Option<string>("--head") { Description = "What to review: a branch, a commit, or a full ref such as refs/pull/7/head", HelpName = "ref", Required = true };
        var baseRef = new Option<string?>("--base") { Description = "Branch that the change is meant for (default: the repository's default branch)", HelpName = "ref" };
        var task = new Option<string?>("--task", "-t") { Description = "What to look at; - reads it from stdin, @file from a file (default: everything)", HelpName = "text" };
        var test = new Option<string?>("--test") { Description = "Command that runs the tests (default: guessed from the repository)", HelpName = "command" };
        var brain = TaskOptions.BrainOption();
        brain.Description = "auto (default: the model when one is configured), model, or repair (no model reads the change; its tests are run)";
        brain.HelpName = "auto|model|repair";
        var frame = new AnswerCommand(environment, "review")
        {
            Text = done => done.Review is { } review ? InspectReport.Markdown(review) : null,
            Report = InspectReport.Of,
        };
        return frame.Create(
            "inspect",
            "Review a change that somebody made and print the comments (exit code 0 review, 2 none, 1 error)",
            async (parsed, cancellationToken) => new SubmitTaskRequest(
                RepositoryArgument.Resolve(parsed.GetRequiredValue(frame.Repository), environment),
                parsed.GetValue(task) is { Length: > 0 } said ? await PromptArgument.ResolveAsync(said, environment, cancellationToken) : "",
                parsed.GetValue(test),
                parsed.GetValue(baseRef),
                TimeoutSeconds: parsed.GetValue(frame.Timeout),
                Brain: parsed.GetValue(brain),
                Model: parsed.GetValue(frame.Model))
            {
                Kind = TaskKind.Review,
                HeadRef = parsed.GetRequiredValue(head),
            },
            frame.Repository,
            head,
            baseRef,
            task,
            test,
            frame.Timeout,
            brain,
            frame.Model,
            frame.Json);
    }
}
