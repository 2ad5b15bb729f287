using System.Text.RegularExpressions;

namespace CodexService.PullRequests.Triggers;

/// <summary>
/// Finds the commands that take no text: stop, retry, approve. "stop" is one, "stop logging the password" is a wish about the code.
/// </summary>
internal static partial class SpokenCommand
{
    private static readonly HashSet<string> Fillers = new(StringComparer.OrdinalIgnoreCase)
    {
        "please", "it", "this", "that", "these", "those", "them", "the", "now", "again", "task", "work", "ok", "okay", "thanks", "thank", "you",
    };

    private static readonly HashSet<string> Stopped = new(Fillers, StringComparer.OrdinalIgnoreCase) { "all", "everything", "working", "running", "on", "right", "immediately", "here" };

    private static readonly HashSet<string> Approved = new(Fillers, StringComparer.OrdinalIgnoreCase) { "plan", "change", "changes", "path", "paths", "held", "all", "everything" };

    /// <summary>The command; <see langword="null"/> when something else is said.</summary>
    /// <param name="said">What follows the mention, cleaned.</param>
    public static TriggerCommand? Of(string said)
    {
        if (Beginning().Match(said) is not { Success: true } match)
        {
            return null;
        }

        var rest = said[match.Length..];
        var command = match.Value.ToUpperInvariant() switch { "STOP" => TriggerCommand.Stop, "RETRY" => TriggerCommand.Retry, _ => TriggerCommand.Approve };

        // Who stops may say why after it. What an approval is tied to may stand anywhere in its paragraph, and so may what is to be otherwise at the next try.
        var own = (command == TriggerCommand.Stop ? EndOfClause() : EndOfParagraph()).Match(rest) is { Success: true } end ? rest[..end.Index] : rest;
        var known = command switch { TriggerCommand.Stop => Stopped, TriggerCommand.Approve => Approved, _ => Fillers };
        return own.Contains('?', StringComparison.Ordinal) || Word().Matches(own).Any(word => !known.Contains(word.Value)) ? null : command;
    }

    [GeneratedRegex(@"\A(?:stop|retry|approve)(?![\w'\u2019/-])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Beginning();

    [GeneratedRegex(@"\n|[.!;,]+(?=\s|\z)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EndOfClause();

    [GeneratedRegex(@"\n[ \t]*\n|\n[ ]{0,3}>", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EndOfParagraph();

    [GeneratedRegex(@"[\p{L}\p{N}_]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();
}
