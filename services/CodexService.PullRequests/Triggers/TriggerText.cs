using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using CodexService.Tasks.Reviews;

namespace CodexService.PullRequests.Triggers;

/// <summary>Makes of what somebody wrote on GitHub what a person sees there: hidden text is how instructions are smuggled in.</summary>
internal static partial class TriggerText
{
    /// <summary>Characters that are taken of one text.</summary>
    public const int Longest = 50_000;

    // A delivery is decided on up to three times, and every time its body is looked at more than once: each body (the very object, for as long as
    // the delivery is held) is read once, for it may be written to make that take long.
    private static readonly ConditionalWeakTable<string, string> Cleaned = [];

    /// <summary>What is shown of Markdown, without zero-width, bidirectional and other invisible characters; at most 50,000 characters.</summary>
    public static string Clean(string? text) => text is null ? "" : Cleaned.GetValue(text, static written => VisibleText.Clean(written, Longest));

    /// <summary>A title, which is no Markdown, on one line.</summary>
    public static string Title(string? title) => VisibleText.Line(title ?? "");

    /// <summary>Lines of a diff, where all is shown.</summary>
    public static string Diff(string? lines) => VisibleText.Code(lines ?? "", Longest).Trim();

    /// <summary>What was said without the command's word that it begins with, if it does.</summary>
    public static string WithoutWord(string said, string word) =>
        said.StartsWith(word, StringComparison.OrdinalIgnoreCase) && (said.Length == word.Length || !char.IsLetterOrDigit(said[word.Length]))
            ? said[word.Length..].TrimStart(' ', ',', ':', '.', '!', '\n', '\t')
            : said;

    /// <summary>What follows the first mention of the App; <see langword="null"/> when it is not mentioned outside of code and quotes.</summary>
    public static string? AfterMention(string clean, string app)
    {
        try
        {
            var spoken = Quoted().Replace(Code().Replace(clean, part => new string(' ', part.Length)), part => new string(' ', part.Length));
            var mention = Regex.Match(spoken, $@"(?<![\w@/`-])@{Regex.Escape(app)}(?:\[bot\])?(?![\w-])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            return mention.Success ? clean[(mention.Index + mention.Length)..].Trim(' ', ',', ':', '\n', '\t') : null;
        }
        catch (RegexMatchTimeoutException)
        {
            // Thousands of backticks that do not pair: nobody speaks like that, and it is read before it is known who wrote it.
            return null;
        }
    }

    // A run of backticks is taken whole: a shorter part of it never opens code, and trying each part of a long one takes its length squared.
    [GeneratedRegex(@"^(?<fence>(?>`{3,}|~{3,}))[^\n]*\n.*?(?:^\k<fence>[^\n]*$|\z)|(?<!`)(?<tick>(?>`+))(?:(?!\n[ \t]*\n).)+?(?<!`)\k<tick>(?!`)", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();

    [GeneratedRegex(@"^[ ]{0,3}>[^\n]*", RegexOptions.Multiline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted();
}
