using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Markdig;
using Markdig.Extensions.Footnotes;
using Markdig.Parsers;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace CodexService.Tasks.Reviews;

/// <summary>
/// Reads Markdown as a forge does (CommonMark with GitHub's tables and footnotes) and writes what is shown of it. It writes what is known to
/// be shown rather than taking out what is known to be hidden: comments, attributes, declarations, link definitions, titles and texts in
/// the place of images, what stands behind a code block's language, and footnotes that nothing refers to do not come through.
/// </summary>
internal sealed partial class VisibleMarkdown
{
    /// <summary>What stands for an image.</summary>
    public const string Image = "(image)";

    private const int MostCells = 300;

    // The reader takes a run of delimiters for one level, however many emphases it makes of it.
    private const int DeepestInline = 100;

    // GitHub draws them; their source is not shown.
    private static readonly HashSet<string> Pictures = new(StringComparer.OrdinalIgnoreCase) { "geojson", "topojson", "stl" };
    private static readonly MarkdownPipeline Pipeline = Bounded().UseFootnotes().Build();
    private static readonly MarkdownPipeline CellPipeline = Bounded().Build();

    private readonly StringBuilder text = new();
    private readonly string source;
    private readonly bool hasTable;
    private bool isHidden;
    private bool isOver;

    // Of the block that is written, where it has a table.
    private string? rows;
    private HashSet<string>? codeOfCells;

    private VisibleMarkdown(string source) => (this.source, hasTable) = (source, TableRow().IsMatch(source));

    /// <summary>The text itself when all of it is shown, else Markdown of what is shown.</summary>
    public static string Read(string markdown)
    {
        if (!Suspicious().IsMatch(markdown))
        {
            return markdown;
        }

        // In a quote or a list it is a footnote for GitHub alone, with all that is indented below it.
        var seen = FootnoteInside().Match(markdown) is { Success: true } inside ? markdown[..inside.Index] : markdown;
        try
        {
            var document = Markdown.Parse(seen, Pipeline);
            var written = new VisibleMarkdown(seen);
            written.Blocks(document, "", isLoose: true);
            var shown = written.text.ToString().Trim('\n');

            // What went without being seen to go is missed here.
            return !written.isHidden && Letters(seen).SequenceEqual(Letters(shown)) ? seen : shown;
        }
        catch (ArgumentException)
        {
            // Nested deeper than any honest text, or opening more.
            return Beginning(seen);
        }
    }

    /// <summary>What stands before anything that may hide something: for texts that are not read to their end.</summary>
    public static string Beginning(string markdown) => Suspicious().Match(markdown) is { Success: true } first ? markdown[..first.Index] : markdown;

    private static MarkdownPipelineBuilder Bounded()
    {
        var builder = new MarkdownPipelineBuilder();
        builder.InlineParsers.Insert(0, new OpeningLimit());
        builder.BlockParsers.Replace<ParagraphBlockParser>(new DefinitionLimit());
        return builder;
    }

    private static IEnumerable<Rune> Letters(string text) => text.EnumerateRunes().Where(Rune.IsLetterOrDigit);

    private void Blocks(ContainerBlock blocks, string indent, bool isLoose)
    {
        foreach (var block in blocks)
        {
            if (isOver)
            {
                isHidden = true;
                return;
            }

            var before = text.Length;
            Write(block, indent);
            if (text.Length > before && isLoose)
            {
                Line(indent);
            }
        }
    }

    private void Write(Block block, string indent)
    {
        switch (block)
        {
            case ListBlock list:
                foreach (var item in list.OfType<ListItemBlock>())
                {
                    var mark = list.IsOrdered ? string.Create(CultureInfo.InvariantCulture, $"{item.Order}{list.OrderedDelimiter} ") : $"{list.BulletType} ";
                    Marked(item, mark, indent, list.IsLoose);
                }

                break;
            case QuoteBlock quote:
                Prefixed(() => Blocks(quote, "", isLoose: true), indent + "> ", indent + "> ");
                break;
            case FootnoteGroup when hasTable && block is FootnoteGroup { Count: > 0 }:
                // What refers to them may be code in GitHub's cells.
                isHidden = true;
                break;
            case FootnoteGroup notes:
                foreach (var note in notes.OfType<Footnote>())
                {
                    isHidden = true;
                    Marked(note, string.Create(CultureInfo.InvariantCulture, $"[^{note.Order}]: "), indent, isLoose: true);
                }

                break;
            case HtmlBlock html:
                isHidden = true;
                if (VisibleHtml.Text(html.Lines.ToString(), out isOver) is { Length: > 0 } shown)
                {
                    Lines(shown, indent);
                }

                break;
            case FencedCodeBlock fenced:
                Fenced(fenced, indent);
                break;
            case CodeBlock code:
                Lines(code.Lines.ToString(), indent + "    ");
                break;
            case HeadingBlock heading:
                Lines($"{new string('#', heading.Level)} {Shown(heading)}", indent);
                break;
            case ParagraphBlock paragraph:
                Lines(Shown(paragraph), indent);
                break;
            case ThematicBreakBlock:
                Lines("---", indent);
                break;
            case LinkReferenceDefinitionGroup { Count: > 0 } or LinkReferenceDefinition:
                isHidden = true;
                break;
            default:
                isHidden |= block is LeafBlock or ContainerBlock { Count: > 0 };
                break;
        }
    }

    private void Marked(ContainerBlock item, string mark, string indent, bool isLoose) =>
        Prefixed(() => Blocks(item, "", isLoose), indent + mark, indent + new string(' ', mark.Length));

    // Writes the inner blocks as if they stood alone, then puts the prefix before each of their lines.
    private void Prefixed(Action inner, string first, string others)
    {
        var start = text.Length;
        inner();
        var lines = text.ToString(start, text.Length - start).TrimEnd('\n', ' ').Split('\n');
        text.Length = start;
        for (var i = 0; i < lines.Length; i++)
        {
            Line((i == 0 ? first : others) + lines[i]);
        }
    }

    private void Fenced(FencedCodeBlock block, string indent)
    {
        var language = block.Info is { } info && Language().IsMatch(info) ? info : "";
        isHidden |= language.Length < (block.Info?.Length ?? 0) || block.Arguments is { Length: > 0 };
        var content = block.Lines.ToString();
        if (Pictures.Contains(language))
        {
            isHidden = true;
            Lines(Image, indent);
            return;
        }

        if (string.Equals(language, "math", StringComparison.OrdinalIgnoreCase) && VisibleFormulas.Hides(content))
        {
            isHidden = true;
            Lines(VisibleFormulas.Formula, indent);
            return;
        }

        if (string.Equals(language, "mermaid", StringComparison.OrdinalIgnoreCase))
        {
            // Comments of the drawing.
            var drawn = string.Join('\n', content.Split('\n').Where(line => !line.TrimStart().StartsWith("%%", StringComparison.Ordinal)));
            isHidden |= drawn.Length < content.Length;
            content = drawn;
        }

        var fence = new string(block.FencedChar, Math.Max(3, block.OpeningFencedCharCount));
        Line($"{indent}{fence}{language}");
        if (content.Length > 0)
        {
            Lines(content, indent);
        }

        Line(indent + fence);
    }

    private string Shown(LeafBlock block)
    {
        var written = Inlines(block);
        var shown = VisibleFormulas.Without(written);
        isHidden |= shown.Length != written.Length;
        return shown;
    }

    private string Inlines(LeafBlock block)
    {
        (rows, codeOfCells) = (hasTable ? Rows(block) : null, null);
        var line = new StringBuilder();
        if (block.Inline is { } inlines)
        {
            Inlines(inlines, line, depth: 0);
        }

        return line.ToString();
    }

    private string? Rows(LeafBlock block)
    {
        var (start, end) = (Math.Clamp(block.Span.Start, 0, source.Length), Math.Clamp(block.Span.End + 1, 0, source.Length));
        var first = start == 0 ? 0 : source.LastIndexOf('\n', start - 1) + 1;
        var lines = source[first..Math.Max(first, end)];
        return TableRow().IsMatch(lines) ? lines : null;
    }

    private void Inlines(ContainerInline inlines, StringBuilder line, int depth)
    {
        if (depth > DeepestInline)
        {
            throw new ArgumentException("Nested deeper than any honest text.", nameof(depth));
        }

        foreach (var inline in inlines)
        {
            switch (inline)
            {
                case LiteralInline literal:
                    line.Append(literal.IsFirstCharacterEscaped ? "\\" : "").Append(literal.Content.AsSpan());
                    break;
                case CodeInline code:
                    Code(code, line);
                    break;
                case LineBreakInline end:
                    line.Append(end.IsHard ? end.IsBackslash ? "\\" : "  " : "").Append('\n');
                    break;
                case HtmlEntityInline entity:
                    line.Append(entity.Original.AsSpan());
                    break;
                case AutolinkInline address:
                    line.Append('<').Append(address.Url).Append('>');
                    break;
                case HtmlInline html:
                    isHidden = true;
                    line.Append(VisibleHtml.Instead(html.Tag));
                    break;
                case LinkInline link:
                    Link(link, line, depth);
                    break;
                case FootnoteLink { IsBackLink: true }:
                    break;
                case FootnoteLink note:
                    isHidden = true;
                    line.Append(CultureInfo.InvariantCulture, $"[^{note.Footnote.Order}]");
                    break;
                case EmphasisInline emphasis:
                    var mark = new string(emphasis.DelimiterChar, emphasis.DelimiterCount);
                    line.Append(mark);
                    Inlines(emphasis, line, depth + 1);
                    line.Append(mark);
                    break;
                case ContainerInline container:
                    Inlines(container, line, depth + 1);
                    break;
                default:
                    isHidden = true;
                    break;
            }
        }
    }

    private void Code(CodeInline code, StringBuilder line)
    {
        var content = code.Content;
        if (rows is not null && content.Contains('<', StringComparison.Ordinal) && !(codeOfCells ??= CodeOfCells(rows)).Contains(content))
        {
            // It reaches from one cell into another, where GitHub finds no code.
            isHidden = true;
            content = VisibleHtml.Text(content, out _) is { Length: > 0 } shown ? shown : " ";
        }

        var fence = new string('`', code.DelimiterCount);
        var space = content.StartsWith('`') || content.EndsWith('`') ? " " : "";
        line.Append(fence).Append(space).Append(content).Append(space).Append(fence);
    }

    // GitHub parts a row into its cells before it looks for code.
    private static HashSet<string> CodeOfCells(string rows) =>
        [.. from cell in rows.Split('\n').SelectMany(row => CellEnd().Split(row)).Where(cell => cell.Contains('`', StringComparison.Ordinal) && cell.Contains('<', StringComparison.Ordinal)).Take(MostCells)
            from code in Markdown.Parse(cell.Replace("\\|", "|", StringComparison.Ordinal).Trim(), CellPipeline).Descendants<CodeInline>()
            select code.Content];

    private void Link(LinkInline link, StringBuilder line, int depth)
    {
        if (link.IsImage)
        {
            isHidden = true;
            line.Append(Image);
            return;
        }

        var inner = new StringBuilder();
        Inlines(link, inner, depth + 1);
        var label = inner.ToString();
        var url = link.GetDynamicUrl?.Invoke() ?? link.Url ?? "";
        isHidden |= link.Title is { Length: > 0 } || link.Label is not null;
        if (label.All(char.IsWhiteSpace))
        {
            // There is nothing to see of it.
            isHidden = true;
        }
        else if (Unsafe().IsMatch(url))
        {
            isHidden = true;
            line.Append(label);
        }
        else
        {
            line.Append('[').Append(label).Append("](").Append(url.Contains('(', StringComparison.Ordinal) || url.Contains(')', StringComparison.Ordinal) ? $"<{url}>" : url).Append(')');
        }
    }

    private void Lines(string lines, string indent)
    {
        foreach (var line in lines.Split('\n'))
        {
            Line(indent + line);
        }
    }

    private void Line(string line) => text.Append(line.Length == 0 || line.All(c => c == ' ') ? "" : line).Append('\n');

    /// <summary>What anything hidden begins with or holds: HTML, links, definitions, footnotes, images, a code block's language, formulas.</summary>
    [GeneratedRegex(@"<[A-Za-z/!?]|!\[|\][(\[:]|\[\^|`{3}|~{3}|\$\$|\$(?=[^$]*(?:%|" + VisibleFormulas.Hiding + "))", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Suspicious();

    [GeneratedRegex(@"^[ \t>*+\-\d.)]+\[\^[^\]\s]+\]:", RegexOptions.Multiline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FootnoteInside();

    [GeneratedRegex(@"^(?=[^\n]*-)(?=[^\n]*[|:])[ \t>*+\-\d.)|:]+\r?$", RegexOptions.Multiline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TableRow();

    [GeneratedRegex(@"(?<!\\)\|", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CellEnd();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9+#._-]{0,19}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Language();

    [GeneratedRegex(@"[\s<>""\p{C}]|\A\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Unsafe();
}
