using System.CommandLine;

namespace CodexService.Cli.Commands;

/// <summary>
/// <c>codex doctor</c> and <c>codex test</c>: the launcher answers them, because they work before anything is built. Here
/// they stand for the help and for what is meant by a mistyped name.
/// </summary>
internal static class LauncherCommands
{
    public static Command Doctor() => Create("doctor", "Say what is installed, what is missing, and which settings cannot be used");

    public static Command Test() => Create("test", "Run the tests of this checkout");

    private static Command Create(string name, string description)
    {
        var command = new Command(name, description);
        command.SetAction(int (ParseResult _) => throw new CliException($"{name} belongs to the launcher: run ./codex {name} in a checkout."));
        return command;
    }
}
