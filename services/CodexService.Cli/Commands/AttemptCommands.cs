using System.CommandLine;
using System.Globalization;
using CodexService.Cli.Terminal;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Commands;

/// <summary><c>codex attempts</c> and <c>codex choose</c>: what several attempts found, and taking another one's patch.</summary>
internal static class AttemptCommands
{
    /// <summary>The option that names one attempt of a task.</summary>
    public static Option<int?> Option() => NumberRange.AttemptNumber("The patch of this attempt, verified or not (default: the chosen one)");

    public static Command List(CliEnvironment environment) => TaskCommand.Create(
        environment,
        "attempts",
        "Compare the attempts of a task",
        async (client, id, cancellationToken) =>
        {
            AttemptTable.Write(environment.Out, await client.GetTaskAsync(id, cancellationToken));
            return ExitCodes.Success;
        });

    public static Command Choose(CliEnvironment environment)
    {
        var number = new Argument<int>("attempt")
        {
            Description = "Number of a verified attempt (./codex attempts shows them)",
            CustomParser = result =>
            {
                if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) && parsed > 0)
                {
                    return parsed;
                }

                result.AddError($"\"{result.Tokens[0].Value}\" is no attempt's number (./codex attempts shows them)");
                return 0;
            },
        };
        return TaskCommand.Create(
            environment,
            "choose",
            "Take the patch of another verified attempt: now, while others run, or after the end",
            async (client, id, parsed, cancellationToken) =>
            {
                var attempt = parsed.GetRequiredValue(number);
                var task = await client.ChooseAsync(id, attempt, cancellationToken);
                var next = task.Summary.State == TaskState.Running
                    ? "the other attempts are being stopped"
                    : $"the task is {Words.State(task.Summary.State)}";
                environment.Out.Line($"Attempt {attempt} is chosen; {next}. ./codex watch {Words.ShortId(id)} follows it.");
                return ExitCodes.Success;
            },
            number);
    }
}
