using System.Text.RegularExpressions;
using CodexService.Agent.Tools;
using CodexService.Repositories.Reviewing;

namespace CodexService.Agent.Reviews;

/// <summary>
/// The comments of one review as they come in. A comment whose lines the diff does not show is sent back once; a second
/// mistake about the same file drops it. Not thread-safe.
/// </summary>
/// <param name="subject">The change.</param>
/// <param name="workspace">Folder of the repository, which models put before paths.</param>
internal sealed partial class ReviewDraft(ReviewSubject subject, string workspace)
{
    /// <summary>Comments of one review.</summary>
    public const int Most = 20;

    /// <summary>With more serious comments than this, nits are noise.</summary>
    public const int SeriousBesideNits = 5;

    private const int MostGiven = 200;
    private const int LongestBody = 2000;
    private const int LongestSuggestion = 4000;
    private const double AlmostTheSame = 0.8;

    private readonly List<BrainRemark> remarks = [];
    private readonly List<(string Path, string Body)> sentBack = [];
    private int offDiff;
    private int duplicates;
    private int given;

    /// <summary>How many comments there are so far.</summary>
    public int Count => remarks.Count;

    /// <summary>Takes a comment, or says what is wrong with it.</summary>
    /// <param name="remark">The comment as the model wrote it.</param>
    /// <returns>What the model is told, and whether the comment was not taken.</returns>
    public (string Text, bool IsError) Add(BrainRemark remark)
    {
        if (++given > MostGiven)
        {
            return ($"A review holds {Most} comments and you have made {MostGiven}. Call submit now.", true);
        }

        remark = Clean(remark);
        if (remark.Body.Length == 0)
        {
            return ("comment: \"body\" is empty. Say in one or two sentences what is wrong and why.", true);
        }

        if (WhyOffDiff(ref remark) is { } wrong)
        {
            return (SendBack(remark, wrong), true);
        }

        sentBack.RemoveAll(one => one.Body == remark.Body || one.Path == remark.Path);
        var twin = remarks.FindIndex(other => IsTwin(other, remark));
        if (twin >= 0)
        {
            duplicates++;
            var other = remarks[twin];
            remarks[twin] = other with { Severity = other.Severity < remark.Severity ? other.Severity : remark.Severity, Suggestion = other.Suggestion ?? (SamePlace(other, remark) ? remark.Suggestion : null) };
            return ($"You have said this already at {other.Path}:{other.Line}; it is kept once.", false);
        }

        remarks.Add(remark);
        return ($"Noted: {remark.Path}:{remark.Line} ({remark.Severity.ToString().ToLowerInvariant()}). {remarks.Count} so far.", false);
    }

    /// <summary>The review.</summary>
    public BrainReview Finish(string summary)
    {
        var serious = remarks.Count(remark => remark.Severity != RemarkSeverity.Nit);
        var kept = serious > SeriousBesideNits ? remarks.Where(remark => remark.Severity != RemarkSeverity.Nit).ToList() : remarks;
        var order = subject.Diff.Files.Select((file, index) => (file.Path, index)).GroupBy(one => one.Path, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First().index, StringComparer.Ordinal);
        return new BrainReview(
            summary,
            [.. kept.OrderBy(remark => remark.Severity).ThenBy(remark => order[remark.Path]).ThenBy(remark => remark.Line).Take(Most)],
            new RemarksLeftOut(offDiff + sentBack.Count, duplicates, remarks.Count - kept.Count, Math.Max(0, kept.Count - Most)));
    }

    private string SendBack(BrainRemark remark, string wrong)
    {
        if (sentBack.RemoveAll(one => one.Body == remark.Body || one.Path == remark.Path) > 0)
        {
            offDiff++;
            return $"Dropped: {wrong}. Go on with the next comment, or call submit.";
        }

        sentBack.Add((remark.Path, remark.Body));
        return $"Not taken: {wrong}. Correct the place once, or leave the comment out.";
    }

    private string? WhyOffDiff(ref BrainRemark remark)
    {
        var path = remark.Path;
        if (subject.Diff.Find(path) is not { } file)
        {
            var names = subject.Diff.Files.Where(one => one.Hunks.Count > 0).Select(one => UntrustedText.Line(one.Path, 100)).ToList();
            var near = names.Where(name => name.EndsWith(path[(path.LastIndexOf('/') + 1)..], StringComparison.Ordinal)).Concat(names).Distinct(StringComparer.Ordinal).Take(5);
            return $"the change does not touch {UntrustedText.Line(path, 100)}; it touches {string.Join(", ", near)}{(names.Count > 5 ? $" and {names.Count - 5} more" : "")}";
        }

        var start = remark.StartLine ?? remark.Line;
        if (file.NewLines(start, remark.Line) is { } lines)
        {
            remark = remark.Suggestion == string.Join('\n', lines) ? remark with { Suggestion = null } : remark;
            return null;
        }

        // Without a suggestion the last line says enough.
        if (remark.StartLine is not null && remark.Suggestion is null && file.NewLines(remark.Line, remark.Line) is not null)
        {
            remark = remark with { StartLine = null };
            return null;
        }

        var shown = file.Hunks.Where(hunk => hunk.NewCount > 0).Select(hunk => $"{hunk.NewStart}-{hunk.NewStart + hunk.NewCount - 1}").ToList();
        var asked = start == remark.Line ? $"line {start}" : $"lines {start}-{remark.Line}";
        return shown.Count == 0
            ? $"the diff of {UntrustedText.Line(path, 100)} has no lines of the new file to comment on; put it into the summary"
            : $"the diff does not show {asked} of {UntrustedText.Line(path, 100)}; it shows lines {string.Join(", ", shown.Take(10))}{(shown.Count > 10 ? ", …" : "")} of the new file";
    }

    private BrainRemark Clean(BrainRemark remark)
    {
        var path = remark.Path.Trim().Trim('`');
        path = path.StartsWith(workspace + "/", StringComparison.Ordinal) ? path[(workspace.Length + 1)..] : path;
        path = path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
        path = path.StartsWith("b/", StringComparison.Ordinal) && subject.Diff.Find(path) is null ? path[2..] : path;
        var body = Shorten(UntrustedText.Clean(remark.Body).Trim(), LongestBody);
        var suggestion = remark.Suggestion is { Length: <= LongestSuggestion } given ? Unwrapped(UntrustedText.Clean(given)) : null;
        var (start, line) = remark.StartLine > remark.Line ? (remark.Line, remark.StartLine.Value) : (remark.StartLine ?? remark.Line, remark.Line);
        return remark with { Path = path, Body = body, Suggestion = suggestion, Line = line, StartLine = start == line ? null : start };
    }

    // Models like to put the text into a code block of its own.
    private static string Unwrapped(string suggestion)
    {
        var fenced = Fence().Match(suggestion);
        return (fenced.Success ? fenced.Groups["text"].Value : suggestion).TrimEnd('\n');
    }

    private static bool IsTwin(BrainRemark one, BrainRemark other) => one.Path == other.Path
        && (one.Body == other.Body || (SamePlace(one, other) && Likeness(one.Body, other.Body) >= AlmostTheSame));

    private static bool SamePlace(BrainRemark one, BrainRemark other) => one.Line == other.Line && one.StartLine == other.StartLine;

    private static double Likeness(string one, string other)
    {
        var (left, right) = (Words(one), Words(other));
        return (double)left.Intersect(right, StringComparer.OrdinalIgnoreCase).Count() / Math.Max(1, left.Union(right, StringComparer.OrdinalIgnoreCase).Count());

        static string[] Words(string text) => [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('.', ',', ';', ':', '`', '"', '!', '?')).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    private static string Shorten(string text, int longest)
    {
        if (text.Length <= longest)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[longest - 2]) ? longest - 2 : longest - 1;
        return text[..end] + "…";
    }

    [GeneratedRegex(@"\A\s*```[\w-]*\n(?<text>.*?)\n?```\s*\z", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Fence();
}
