using System.Text;

namespace CodexService.Sandbox.Supervisor;

/// <summary>Builds the script that a waiting shell sources to become one command.</summary>
internal static class BashScript
{
    /// <summary>The supervisor holds a script in the sandbox's own memory, which the smallest sandbox must have.</summary>
    private const int MaxLength = 4 << 20;

    private static readonly HashSet<string> ReadOnlyVariables = new(StringComparer.Ordinal)
    {
        "BASHOPTS", "BASH_VERSINFO", "EUID", "PPID", "SHELLOPTS", "UID",
    };

    /// <exception cref="ArgumentException">The command cannot be written for bash.</exception>
    public static byte[] Compose(SandboxCommand command, string defaultDirectory)
    {
        var script = new StringBuilder(command.CommandLine.Length + 200);
        // 9 is the script's own pipe, 8 the input's; the command sees neither.
        script.Append(command.StandardInput is null ? "exec 8<&- 9<&-\n" : "exec <&8 8<&- 9<&-\n");
        foreach (var (name, value) in command.Environment)
        {
            if (!IsName(name))
            {
                throw new ArgumentException($"'{name}' cannot be set as an environment variable for a command.", nameof(command));
            }

            script.Append("export ").Append(name).Append('=');
            AppendQuoted(script, value).Append('\n');
        }

        script.Append("set -- ");
        AppendQuoted(script, command.CommandLine);
        if (command.WorkingDirectory is { } directory && directory != defaultDirectory)
        {
            if (!directory.StartsWith('/'))
            {
                throw new ArgumentException($"The working directory '{directory}' is not absolute.", nameof(command));
            }

            AppendQuoted(script.Append(' '), directory);
        }

        return script.Length <= MaxLength
            ? Encoding.UTF8.GetBytes(script.Append('\n').ToString())
            : throw new ArgumentException($"A command is at most {MaxLength} characters long: upload what is longer as a file.", nameof(command));
    }

    public static string Quote(string text) => AppendQuoted(new StringBuilder(text.Length + 2), text).ToString();

    private static StringBuilder AppendQuoted(StringBuilder script, string text) =>
        text.Contains('\0', StringComparison.Ordinal)
            ? throw new ArgumentException("A command, its folder and its variables must not contain NUL.", nameof(text))
            : script.Append('\'').Append(text.Replace("'", "'\\''", StringComparison.Ordinal)).Append('\'');

    private static bool IsName(string name) =>
        name.Length > 0
        && !char.IsAsciiDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
        && !ReadOnlyVariables.Contains(name);
}
