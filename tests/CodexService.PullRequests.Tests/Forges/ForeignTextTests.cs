using CodexService.PullRequests.Forges;
using CodexService.Testing.GitHub;
using Markdig;
using Markdig.Syntax;

namespace CodexService.PullRequests.Tests.Forges;

public sealed class ForeignTextTests
{
    [Theory]
    [InlineData("text\n```\ncode", "text\n```\ncode\n```")]
    [InlineData("`````\nfence\n```\n", "`````\nfence\n```\n\n`````")]
    [InlineData("~~~py\ncode\n```", "~~~py\ncode\n```\n~~~")]
    [InlineData("```\ncode\n```\nand\n```", "```\ncode\n```\nand\n```\n```")]
    [InlineData("```\ncode\n```\ntext", "```\ncode\n```\ntext")]
    [InlineData("[a]: https://a.example\n```\ncode\n\n[b]: https://b.example", "[a]: https://a.example\n```\ncode\n\n[b]: https://b.example\n```")]
    [InlineData("```\ncode\n```\n\n[b]: https://b.example", "```\ncode\n```\n\n[b]: https://b.example")]
    [InlineData("- ```\n  code", "- ```\n  code")]
    [InlineData("a ``` b\nc", "a ``` b\nc")]
    [InlineData("```py", "\\```py")]
    [InlineData("  ~~~ x", "\\~~~ x")]
    public void DefuseMarkdown_OpenCodeBlock_EndsWithTheText(string text, string expected) => Assert.Equal(expected, ForeignText.DefuseMarkdown(text));

    [Fact]
    public void DefuseMarkdown_NestedWithoutEnd_IsABlockOfItsOwn()
    {
        var text = ForeignText.DefuseMarkdown(new string('>', 5000) + "\n```\n");

        Assert.IsType<FencedCodeBlock>(Assert.Single(Markdown.Parse(text)));
    }

    [Theory]
    [MemberData(nameof(Injections))]
    public void DefuseMarkdown_InjectionText_LeavesWhatFollowsAlone(string text)
    {
        var page = $"{ForeignText.DefuseMarkdown(text)}\n\n## After\n";

        Assert.Contains(Markdown.Parse(page), block => block is HeadingBlock && page[block.Span.Start..] == "## After\n");
    }

    public static TheoryData<string> Injections() => [.. InjectionTexts.All];
}
