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
        Create(environment, name, description, (client, id, _, cancellationToken) => action(client, id, cancellationToken));

    /// <summary>As above, with arguments and options of its own after the id.</summary>
    public static Command Create(
        CliEnvironment environment,
        string name,
        string description,
        Func<CodexClient, Guid, ParseResult, CancellationToken, Task<int>> action,
        params Symbol[] more)
    {
        var id = new Argument<string>("id") { Description = "Task id, or enough of it to tell it apart" };
        var command = new Command(name, description) { id };
        Add(command, more);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = await ServiceSession.ConnectAsync(environment, cancellationToken);
            var task = await TaskReference.ResolveAsync(parsed.GetRequiredValue(id), session.Client, cancellationToken);
            return await action(session.Client, task, parsed, cancellationToken);
        });
        return command;
    }

    /// <summary>Adds arguments and options, in their order.</summary>
    public static void Add(Command command, params Symbol[] symbols)
    {
        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Argument argument:
                    command.Add(argument);
                    break;
                case Option option:
                    command.Add(option);
                    break;
            }
        }
    }
}
