using System.CommandLine;
using CodexService.Cli.Connection;

namespace CodexService.Cli.Commands;

/// <summary><c>codex submit</c>: hands a task to a service that is up, and prints its id.</summary>
internal static class SubmitCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var options = new TaskOptions();
        var command = new Command("submit", "Submit a task to the running service and print its id");
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var submission = await options.ReadAsync(parsed, environment, cancellationToken);
            await using var session = await ServiceSession.ConnectAsync(environment, cancellationToken);
            var task = await session.Client.SubmitAsync(submission, cancellationToken);
            await environment.Out.Writer.WriteLineAsync(task.Summary.Id.ToString());
            environment.Error.Link($"{session.Client.Address.Url}/tasks/{task.Summary.Id}");
            return ExitCodes.Success;
        });
        return command;
    }
}
