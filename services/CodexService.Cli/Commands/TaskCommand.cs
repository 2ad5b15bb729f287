using System.CommandLine;
using CodexService.Cli.Client;
using CodexService.Cli.Connection;
using CodexService.Cli.Tasks;

namespace CodexService.Cli.Commands;

/// <summary>What the commands on one existing task have in common: the id, the connection.</summary>
internal static class TaskCommand
{
    public static Command Create(
        CliEnvironment environment, string name, string description, Func<CodexClient, Guid, CancellationToken, Task<int>> action) =>
        Create(environment, name, description, (_, client, id, cancellationToken) => action(client, id, cancellationToken));

    public static Command Create(
        CliEnvironment environment,
        string name,
        string description,
        Func<ParseResult, CodexClient, Guid, CancellationToken, Task<int>> action,
        params Symbol[] more)
    {
        var id = new Argument<string>("id") { Description = "Task id, or enough of it to tell it apart" };
        var command = new Command(name, description) { id };
        foreach (var symbol in more)
        {
            if (symbol is Argument argument)
            {
                command.Arguments.Add(argument);
            }
            else
            {
                command.Options.Add((Option)symbol);
            }
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = await ServiceSession.ConnectAsync(environment, cancellationToken);
            var task = await TaskReference.ResolveAsync(parsed.GetRequiredValue(id), session.Client, cancellationToken);
            return await action(parsed, session.Client, task, cancellationToken);
        });
        return command;
    }
}
