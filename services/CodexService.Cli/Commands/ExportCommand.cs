using System.CommandLine;
using CodexService.Cli.Connection;
using CodexService.Cli.Tasks;

namespace CodexService.Cli.Commands;

/// <summary><c>codex export</c>: what an attempt of the model brain was told, answered and did, as a file for <c>codex replay</c>.</summary>
internal static class ExportCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var id = new Argument<string>("task") { Description = "Task id, or enough of it to tell it apart" };
        var attempt = NumberRange.AttemptNumber("Number of the attempt (default: the latest)");
        var output = new Option<string?>("--output", "-o") { Description = "File to write (default: codex-<id>-<n>.replay.json here); - for stdout", HelpName = "file|-" };
        var command = new Command("export", "Write the replay bundle of an attempt to a file") { id, attempt, output };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = await ServiceSession.ConnectAsync(environment, cancellationToken);
            var task = await TaskReference.ResolveAsync(parsed.GetRequiredValue(id), session.Client, cancellationToken);
            var number = parsed.GetValue(attempt) ?? (await session.Client.GetTaskAsync(task, cancellationToken)).Attempts.Max(one => one.Number);
            var bundle = await session.Client.GetReplayAsync(task, number, cancellationToken);
            var target = parsed.GetValue(output) ?? $"codex-{Terminal.Words.ShortId(task)}-{number}.replay.json";
            if (target == "-")
            {
                await environment.Out.Writer.WriteAsync(bundle);
                return ExitCodes.Success;
            }

            var file = Path.GetFullPath(target, environment.CurrentDirectory);
            await WriteAsync(file, bundle, cancellationToken);
            await environment.Out.Writer.WriteLineAsync(file);
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task WriteAsync(string file, string bundle, CancellationToken cancellationToken)
    {
        try
        {
            await File.WriteAllTextAsync(file, bundle, cancellationToken);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"Cannot write the bundle to {file}: {problem.Message.TrimEnd('.')}.", problem);
        }
    }
}
