using System.Text;
using System.Text.RegularExpressions;

namespace CodexService.Tasks.Reviews;

/// <summary>What is seen of raw HTML: its text, without comments, declarations, tags and their attributes.</summary>
internal static partial class VisibleHtml
{
    /// <summary>The text, line by line without indentation.</summary>
    /// <param name="html">A block of raw HTML.</param>
    /// <param name="isOpen">Whether a comment or a tag goes on after its end, so that browsers show nothing of what follows.</param>
    public static string Text(string html, out bool isOpen)
    {
        var text = new StringBuilder(html.Length);
        isOpen = false;
        for (var at = 0; at < html.Length;)
        {
            if (Opening().Match(html, at) is not { Success: true } opening)
            {
                text.Append(html, at, html.Length - at);
                break;
            }

            text.Append(html, at, opening.Index - at);
            var end = End(html, opening.Index);
            if (end < 0)
            {
                isOpen = true;
                break;
            }

            text.Append(Instead(html[opening.Index..end]));
            at = end;
        }

        return string.Join('\n', text.ToString().Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));
    }

    /// <summary>What stands for a whole tag, comment or declaration.</summary>
    public static string Instead(string tag) => tag switch
    {
        _ when tag.StartsWith("<img", StringComparison.OrdinalIgnoreCase) => VisibleMarkdown.Image,
        _ when tag.StartsWith("<br", StringComparison.OrdinalIgnoreCase) => "\n",
        _ when Cell().IsMatch(tag) => " ",
        _ => "",
    };

    // Where parsers of HTML and CommonMark differ about the end, it is the later one.
    private static int End(string html, int start)
    {
        if (At("<!--"))
        {
            return After("-->", start + 4);
        }

        if (At("<![CDATA["))
        {
            return After("]]>", start + 9);
        }

        if (At("<?"))
        {
            return After("?>", start + 2);
        }

        var (tag, quotes) = (EndOfTag(html, start), EndWithQuotes(html, start));
        return tag < 0 || quotes < 0 ? -1 : Math.Max(tag, quotes);

        bool At(string what) => html.AsSpan(start).StartsWith(what, StringComparison.Ordinal);

        int After(string what, int from) => from <= html.Length && html.IndexOf(what, from, StringComparison.Ordinal) is >= 0 and var at ? at + what.Length : -1;
    }

    // As the HTML standard reads attributes: a quote is one after an equals sign alone.
    private static int EndOfTag(string html, int start)
    {
        var (at, named, isAttribute) = (start + 1, true, false);
        while (at < html.Length && html[at] is not '>')
        {
            if (html[at] is '/' || char.IsWhiteSpace(html[at]))
            {
                (named, isAttribute) = (false, true);
                at++;
            }
            else if (html[at] is '=' && named && isAttribute)
            {
                for (at++; at < html.Length && char.IsWhiteSpace(html[at]); at++)
                {
                }

                var quote = at < html.Length ? html[at] : '\0';
                if (quote is '"' or '\'')
                {
                    at = html.IndexOf(quote, at + 1) + 1;
                    if (at == 0)
                    {
                        return -1;
                    }
                }
                else
                {
                    while (at < html.Length && html[at] is not '>' && !char.IsWhiteSpace(html[at]))
                    {
                        at++;
                    }
                }

                named = false;
            }
            else
            {
                named = true;
                at++;

                // An equals sign may stand apart from the name before it.
                if (isAttribute && at < html.Length && char.IsWhiteSpace(html[at]))
                {
                    var next = at;
                    while (next < html.Length && char.IsWhiteSpace(html[next]))
                    {
                        next++;
                    }

                    (at, named) = (next, next < html.Length && html[next] == '=');
                }
            }
        }

        return at < html.Length ? at + 1 : -1;
    }

    // As if every quote were one.
    private static int EndWithQuotes(string html, int start)
    {
        var quote = '\0';
        for (var at = start + 1; at < html.Length; at++)
        {
            switch (html[at])
            {
                case '"' or '\'' when quote == '\0':
                    quote = html[at];
                    break;
                case '>' when quote == '\0':
                    return at + 1;
                case var c when c == quote:
                    quote = '\0';
                    break;
            }
        }

        return -1;
    }

    [GeneratedRegex("<[A-Za-z/!?]", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Opening();

    [GeneratedRegex(@"\A</?(?:td|th|li|p|div|tr|dt|dd|h[1-6])\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Cell();
}
