using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using CodexService.Cli.Commands;
using Spectre.Console;

namespace CodexService.Cli;

/// <summary>The command line as a whole: its commands, and how every one of them ends.</summary>
internal static class CodexCommandLine
{
    // An argument that begins with @ is a task in a file, not a file of arguments.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    /// <summary>Runs one command and returns the process's exit code. Errors are one line on stderr.</summary>
    public static async Task<int> RunAsync(string[] args, CliEnvironment environment, CancellationToken cancellationToken)
    {
        var result = Create(environment).Parse(args.Length == 0 ? ["--help"] : args, Parsing);
        if (UnknownWord.In(result, args) is { } unknown)
        {
            return Fail(environment, $"{unknown} See {CommandPath(result.CommandResult)} --help.");
        }

        if (result.Errors.Count > 0)
        {
            return Fail(environment, $"{result.Errors[0].Message.TrimEnd('.')}. See {CommandPath(result.CommandResult)} --help.");
        }

        try
        {
            var configuration = new InvocationConfiguration
            {
                Output = environment.Out.Writer,
                Error = environment.Error.Writer,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await result.InvokeAsync(configuration, cancellationToken);
        }
        catch (CliException problem)
        {
            return Fail(environment, problem.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (IOException problem)
        {
            // A closed pipe, a full disk.
            return Fail(environment, problem.Message);
        }
    }

    // Not a RootCommand: that takes its name from the executable, and people start this one through the launcher.
    private static Command Create(CliEnvironment environment) => new("./codex", "A coding-agent service on your own hardware: give it a task, get a verified patch.")
    {
        new HelpOption(),
        new VersionOption(),
        DemoCommand.Create(environment),
        RunCommand.Create(environment),
        AskCommand.Create(environment),
        InspectCommand.Create(environment),
        UpCommand.Create(environment),
        DownCommand.Create(environment),
        SubmitCommand.Create(environment),
        WatchCommand.Create(environment),
        ListCommand.Create(environment),
        ShowCommand.Create(environment),
        AttemptCommands.List(environment),
        AttemptCommands.Choose(environment),
        DiffCommand.Create(environment),
        ApplyCommand.Create(environment),
        SteeringCommands.Approve(environment),
        SteeringCommands.Say(environment),
        SteeringCommands.Pause(environment),
        SteeringCommands.Resume(environment),
        ExportCommand.Create(environment),
        ReplayCommand.Create(environment),
        CancelCommand.Create(environment),
        RetryCommand.Create(environment),
        FollowUpCommand.Create(environment),
        ContinueCommand.Create(environment),
        ResolveCommand.Create(environment),
        ReviewCommand.Create(environment),
        PullRequestCommands.Create(environment),
        TokenCommand.Create(environment),
        LauncherCommands.Doctor(),
        LauncherCommands.Test(),
    };

    private static int Fail(CliEnvironment environment, string message)
    {
        environment.Error.Line($"[red]error:[/] {Markup.Escape(message.ReplaceLineEndings(" ").Trim())}");
        return ExitCodes.Error;
    }

    private static string CommandPath(SymbolResult? result) => result switch
    {
        CommandResult { Parent: { } parent } command => $"{CommandPath(parent)} {command.Command.Name}",
        CommandResult command => command.Command.Name,
        _ => string.Empty,
    };
}
