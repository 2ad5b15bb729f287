using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace CodexService.Cli;

/// <summary>Says which word of a command line is no command or option, and what was probably meant.</summary>
internal static partial class UnknownWord
{
    // What other tools call it.
    private static readonly Dictionary<string, string> ElsewhereCalled = new(StringComparer.OrdinalIgnoreCase)
    {
        ["status"] = "show for one task, or list for all",
        ["ls"] = "list",
        ["tasks"] = "list",
        ["log"] = "watch",
        ["logs"] = "watch",
        ["follow"] = "watch",
        ["tail"] = "watch",
        ["new"] = "submit",
        ["create"] = "submit",
        ["start"] = "up",
        ["serve"] = "up",
        ["stop"] = "cancel for a task, or down for the service",
        ["kill"] = "cancel",
        ["abort"] = "cancel",
        ["merge"] = "pr merge",
        ["close"] = "pr close",
        ["login"] = "token",
        ["message"] = "say",
        ["fix"] = "run",
    };

    /// <summary>One sentence about the first such word; <see langword="null"/> when there is none.</summary>
    /// <param name="result">What the parser made of the command line.</param>
    /// <param name="arguments">The command line.</param>
    public static string? In(ParseResult result, IReadOnlyList<string> arguments)
    {
        var command = result.CommandResult.Command;
        if (command.Subcommands.Count > 0 && result.UnmatchedTokens.FirstOrDefault(word => !word.StartsWith('-')) is { } name)
        {
            return $"Unrecognized command or argument '{name}'.{Meant(name, NamesOf(command.Subcommands), result.CommandResult.Parent is null)}";
        }

        // The parser takes an unknown option for the text of an argument that still waits for one, so the words themselves are looked at.
        var known = KnownOptions(result.CommandResult).ToHashSet(StringComparer.Ordinal);
        foreach (var argument in arguments.TakeWhile(argument => argument != "--"))
        {
            if (Option().Match(argument) is { Success: true } match && match.Groups["name"].Value is var option && !known.Contains(option))
            {
                return $"There is no option {option} here.{Meant(option, known.Where(one => one.StartsWith("--", StringComparison.Ordinal)), knowsOthersWords: false)}";
            }
        }

        return result.UnmatchedTokens is [var extra, ..] ? $"Unrecognized command or argument '{extra}'." : null;
    }

    private static string Meant(string word, IEnumerable<string> candidates, bool knowsOthersWords)
    {
        if (knowsOthersWords && ElsewhereCalled.TryGetValue(word, out var here))
        {
            return $" Did you mean {here}?";
        }

        var (nearest, distance) = candidates
            .Select(candidate => (Name: candidate, Distance: Distance(word.ToLowerInvariant(), candidate)))
            .OrderBy(one => one.Distance)
            .ThenBy(one => one.Name, StringComparer.Ordinal)
            .FirstOrDefault((string.Empty, int.MaxValue));
        return distance <= Math.Max(1, word.TrimStart('-').Length / 3) + 1 && distance < nearest.TrimStart('-').Length ? $" Did you mean {nearest}?" : string.Empty;
    }

    private static IEnumerable<string> NamesOf(IEnumerable<Command> commands) => commands.SelectMany(command => command.Aliases.Prepend(command.Name));

    private static IEnumerable<string> KnownOptions(CommandResult command)
    {
        var own = command.Command.Options.SelectMany(option => option.Aliases.Prepend(option.Name));
        var inherited = Above(command).SelectMany(parent => parent.Command.Options).Where(option => option.Recursive).SelectMany(option => option.Aliases.Prepend(option.Name));
        return own.Concat(inherited);
    }

    private static IEnumerable<CommandResult> Above(CommandResult command)
    {
        for (var parent = command.Parent as CommandResult; parent is not null; parent = parent.Parent as CommandResult)
        {
            yield return parent;
        }
    }

    // How many letters have to be put in, left out, replaced or swapped with their neighbour.
    private static int Distance(string from, string to)
    {
        var rows = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            for (var j = 0; j <= to.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }

                var cost = from[i - 1] == to[j - 1] ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[from.Length, to.Length];
    }

    [GeneratedRegex("^(?<name>--[A-Za-z][A-Za-z0-9-]*|-[A-Za-z])(?:[=:].*)?$", RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Option();
}
