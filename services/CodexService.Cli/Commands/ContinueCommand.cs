using System.CommandLine;
using CodexService.Cli.Connection;
using CodexService.Cli.Tasks;
using CodexService.Cli.Terminal;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Commands;

/// <summary><c>codex continue</c>: more to use for an attempt that ended early.</summary>
internal static class ContinueCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var task = new Argument<string>("task") { Description = "Id of the task, or the part of it that ./codex list shows" };
        var timeout = new Option<int?>("--timeout") { Description = "Time to add in seconds, 10 to 86400", HelpName = "seconds" };
        NumberRange.Require(timeout, 10, 86_400);
        var limits = LimitOptions.ToAdd();
        var command = new Command("continue", "Add budget to a task that ended at a limit, stuck, stopped or out of time, and go on") { task };
        limits.AddTo(command);
        command.Options.Add(timeout);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var added = limits.Read(parsed);
            await using var session = await ServiceSession.ConnectAsync(environment, cancellationToken);
            var id = await TaskReference.ResolveAsync(parsed.GetRequiredValue(task), session.Client, cancellationToken);
            var detail = await session.Client.ContinueAsync(id, new ContinueTaskRequest(added?.Turns, added?.Tokens, added?.Cost, parsed.GetValue(timeout)), cancellationToken);
            environment.Out.Line($"Task {Words.ShortId(id)} goes on and is {Words.State(detail.Summary.State)}; ./codex watch {Words.ShortId(id)} follows it.");
            return ExitCodes.Success;
        });
        return command;
    }
}
