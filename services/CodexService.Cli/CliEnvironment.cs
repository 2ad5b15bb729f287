using CodexService.Cli.Terminal;
using CodexService.Contracts.Local;

namespace CodexService.Cli;

/// <summary>Everything that a command takes from and gives to the world around the process, so that tests stand in for it.</summary>
internal sealed class CliEnvironment
{
    /// <summary>Where results go.</summary>
    public required Screen Out { get; init; }

    /// <summary>Where progress and errors go.</summary>
    public required Screen Error { get; init; }

    public required TextReader In { get; init; }

    /// <summary>Whether a person can answer on <see cref="In"/> what is asked on <see cref="Error"/>.</summary>
    public bool CanAsk { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public required Func<string, string?> Variable { get; init; }

    public required string CurrentDirectory { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public DataFolder Data => DataFolder.From(Variable(DataFolder.Setting));

    /// <summary>The real world.</summary>
    public static CliEnvironment OfThisProcess()
    {
        var colours = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new CliEnvironment
        {
            Out = Screen.Create(Console.Out, !Console.IsOutputRedirected, colours, TerminalWidth),
            Error = Screen.Create(Console.Error, !Console.IsErrorRedirected, colours, TerminalWidth),
            In = Console.In,
            CanAsk = !Console.IsInputRedirected && !Console.IsErrorRedirected,
            Variable = Environment.GetEnvironmentVariable,
            CurrentDirectory = Directory.GetCurrentDirectory(),
        };
    }

    private static int TerminalWidth()
    {
        try
        {
            return Console.WindowWidth is > 20 and var width ? width : 80;
        }
        catch (IOException)
        {
            return 80;
        }
    }
}
