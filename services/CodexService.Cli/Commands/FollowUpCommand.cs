using System.CommandLine;
using CodexService.Cli.Connection;
using CodexService.Cli.Tasks;
using CodexService.Cli.Terminal;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Commands;

/// <summary><c>codex follow-up</c>: more work on top of what a task did.</summary>
internal static class FollowUpCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var task = new Argument<string>("task") { Description = "Id of the task, or the part of it that ./codex list shows" };
        var prompt = new Argument<string>("prompt") { Description = "What to do next; - reads it from stdin, @file from a file" };
        var test = new Option<string?>("--test") { Description = "Command that proves the change from now on (default: as before)", HelpName = "command" };
        var command = new Command("follow-up", "Ask for more work on a task that has ended; its pull request gets the result") { task, prompt, test };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var text = await PromptArgument.ResolveAsync(parsed.GetRequiredValue(prompt), environment, cancellationToken);
            await using var session = await ServiceSession.ConnectAsync(environment, cancellationToken);
            var id = await TaskReference.ResolveAsync(parsed.GetRequiredValue(task), session.Client, cancellationToken);
            var detail = await session.Client.FollowUpAsync(id, new FollowUpRequest(text, parsed.GetValue(test)), cancellationToken);
            environment.Out.Line($"Round {detail.Prompts[^1].Number} of task {Words.ShortId(id)} is {Words.State(detail.Summary.State)}; ./codex watch {Words.ShortId(id)} follows it.");
            return ExitCodes.Success;
        });
        return command;
    }
}
