using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Syntax;

namespace CodexService.Tasks.Reviews;

/// <summary>
/// Ends the reading of a text whose paragraph opens (or closes) more tags, links and emphases than any honest one: each that never ends is looked
/// for up to the paragraph's end. It matches nothing itself. What the reader takes for code does not count, for the reader never asks here
/// about what stands in it.
/// </summary>
internal sealed class OpeningLimit : InlineParser
{
    // Of one paragraph, heading or cell.
    private const int MostBrackets = 1000;
    private const int MostTags = 1000;

    // These alone are read to the paragraph's end character by character.
    private const int MostDeclarations = 100;

    // Each that is still open is one more level for all that follows it.
    private const int MostEmphases = 4000;

    /// <summary>Asked before every other reader of the same characters, which is why it has to be the first in the list.</summary>
    public OpeningLimit() => OpeningCharacters = ['<', '[', ']', '!', '*', '_'];

    /// <inheritdoc />
    /// <exception cref="ArgumentException">There are more: the exception that the reader itself throws for what is nested too deep.</exception>
    public override bool Match(InlineProcessor processor, ref StringSlice slice)
    {
        if (processor.ParserStates[Index] is not Counts counts || counts.Block != processor.Block)
        {
            processor.ParserStates[Index] = counts = new Counts(processor.Block);
        }

        var isOver = (slice.CurrentChar, slice.PeekChar()) switch
        {
            ('<', '?' or '!') => ++counts.Declarations > MostDeclarations,
            ('<', '/' or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z')) => ++counts.Tags > MostTags,
            ('[', _) or ('!', '[') => ++counts.Opened > MostBrackets,
            (']', _) => ++counts.Closed > MostBrackets,
            ('*' or '_', _) when IsEmphasis(slice) => ++counts.Emphases > MostEmphases,
            _ => false,
        };
        return isOver ? throw new ArgumentException("The paragraph opens more tags, links or emphases than any honest one.", nameof(slice)) : false;
    }

    // Not within a run of them, and not the underscore in a name.
    private static bool IsEmphasis(StringSlice slice)
    {
        var before = slice.PeekCharExtra(-1);
        return before != slice.CurrentChar && !(slice.CurrentChar == '_' && char.IsLetterOrDigit(before) && char.IsLetterOrDigit(slice.PeekChar()));
    }

    private sealed class Counts(LeafBlock? block)
    {
        public LeafBlock? Block { get; } = block;

        public int Opened { get; set; }

        public int Closed { get; set; }

        public int Tags { get; set; }

        public int Declarations { get; set; }

        public int Emphases { get; set; }
    }
}
