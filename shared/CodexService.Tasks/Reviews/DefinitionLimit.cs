using Markdig.Parsers;
using Markdig.Syntax;

namespace CodexService.Tasks.Reviews;

/// <summary>Ends the reading of a text with a paragraph of more definitions of links than any honest one: for each, the lines that are left are moved.</summary>
internal sealed class DefinitionLimit : ParagraphBlockParser
{
    private const int MostDefinitions = 1000;

    /// <inheritdoc />
    /// <exception cref="ArgumentException">There are more: the exception that the reader itself throws for what is nested too deep.</exception>
    public override bool Close(BlockProcessor processor, Block block)
    {
        if (block is ParagraphBlock { Lines: { Count: > 0 } lines } && lines.ToString().AsSpan().Count("]:") > MostDefinitions)
        {
            throw new ArgumentException("The paragraph has more definitions than any honest one.", nameof(block));
        }

        return base.Close(processor, block);
    }
}
