using CodexService.Tasks.Reviews;

namespace CodexService.Tasks.Tests.Reviews;

/// <summary>What GitHub shows of a text is taken, what it does not show is not.</summary>
public sealed class VisibleTextTests
{
    private const int Longest = 50_000;

    [Theory]
    [InlineData("The lexer chokes on `<!--`. Expected: a token.")]
    [InlineData("An unclosed <!-- within a line is shown")]
    [InlineData("`<!-- a -->` and ``<a title=\"b\">``")]
    [InlineData("Given\n\n```html\n<!-- a -->\n<p title=\"b\">\n```\n\nit stops")]
    [InlineData("- one\n\n  ```\n  <!-- a -->\n  ```\n- two")]
    [InlineData("> quoted\n\n1. first\n2. second `<x>`\n\n\n* * *\nTitle\n===\n\n    <!-- code -->\n\nend")]
    [InlineData("| `a<b>` | b \\| c |\n|---|:-:|\n| `<!-- x -->` | **d** |")]
    [InlineData("a < b, c <= d and List<int, int> <-- here")]
    [InlineData("see [the docs](https://example.com/a_b?c=d&e=f) or <https://example.com>")]
    [InlineData("\\<!-- shown as it is -->")]
    [InlineData("array[i]: 3, **bold** _it_ ~~no~~ #7 @ann &lt;b&gt; \\* 😀")]
    [InlineData("```diff\n-a\n+b\n```\n~~~~\n```\n~~~~")]
    [InlineData("```\nnever closed <!-- a -->")]
    [InlineData("\\color is a command, and it costs $5, 20% off $4; $$x^2 = y$$ $\\frac{a}{b}$")]
    [InlineData("```latex\n$\\phantom{x}$ % note\n```\n\n    echo $HOME \\color")]
    [InlineData("```math\n\\frac{a}{b}\n```")]
    public void Clean_WhatPeopleSee_StaysAsItIs(string text) => Assert.Equal(text, VisibleText.Clean(text, Longest));

    [Theory]
    [InlineData("a <!-- HIDDEN --> b", "a  b")]
    [InlineData("<!-- HIDDEN\n\nHIDDEN `-->` b\n\nc", "` b\n\nc")]
    [InlineData("a\n<!-- HIDDEN\n\nHIDDEN", "a")]
    [InlineData("`a` <!-- HIDDEN --> `b`", "`a`  `b`")]
    [InlineData("\\`<!-- HIDDEN -->`", "\\``")]
    [InlineData("``<!-- HIDDEN -->`", "```")]
    [InlineData("a\n\n```x\n```\n<!-- HIDDEN -->\n```x\n```", "a\n\n```x\n```\n\n```x\n```")]
    [InlineData("<details><summary>Log</summary>\n\nshown\n\n</details>", "Log\n\nshown")]
    [InlineData("<div data-x=\"HIDDEN\">a <b title='HIDDEN > HIDDEN'>b</b></div>", "a b")]
    [InlineData("<p '=\"x' >HIDDEN\">b</p>\n\nc", "b\n\nc")]
    [InlineData("<p a=b=\"c d=\"x>HIDDEN\">b</p>\n\nc", "b\n\nc")]
    [InlineData("<p a = 'x>HIDDEN'>b</p>\n\nc", "b\n\nc")]
    [InlineData("a <b title=\"HIDDEN\">b</b>", "a b")]
    [InlineData("a <? HIDDEN ?> b <!X HIDDEN> c <![CDATA[HIDDEN]]> d", "a  b  c  d")]
    [InlineData("<div>a <? HIDDEN > HIDDEN ?> b</div>", "a  b")]
    [InlineData("a\n\n<div>b <!--\n\nHIDDEN\n\nHIDDEN -->", "a\n\nb")]
    [InlineData("a\n\n<div title=\"\n\nHIDDEN\n\n\">HIDDEN", "a")]
    [InlineData("[//]: # (HIDDEN)\n\nb", "b")]
    [InlineData("[HIDDEN]: <HIDDEN> 'HIDDEN'\n[x]: https://e.example \"HIDDEN\"\n\nsee [a][x]", "see [a](https://e.example)")]
    [InlineData("[a](https://e.example \"HIDDEN\") [](https://e.example/HIDDEN) [b](<HIDDEN it>)", "[a](https://e.example)  b")]
    [InlineData("a ![HIDDEN](https://e.example/HIDDEN \"HIDDEN\") <img alt=\"HIDDEN\" src=x> b", "a (image) (image) b")]
    [InlineData("```python HIDDEN words\nx = 1\n```", "```python\nx = 1\n```")]
    [InlineData("```ignore:HIDDEN\nx = 1\n```", "```\nx = 1\n```")]
    [InlineData("```mermaid\ngraph TD\n  %% HIDDEN\n  a-->b\n```", "```mermaid\ngraph TD\n  a-->b\n```")]
    [InlineData("a[^n]\n\n[^n]: shown\n\n[^o]: HIDDEN words\n\n    HIDDEN", "a[^1]\n\n[^1]: shown")]
    [InlineData("a `b\n[^h]: <!-- HIDDEN --> `c", "a `b")]
    [InlineData("a\n\n> [^n]: HIDDEN words\n>\n>     HIDDEN", "a")]
    [InlineData("- a\n\n  [^n]: HIDDEN words", "- a")]
    [InlineData("| a ` | <!-- HIDDEN --> ` |\n|---|---|\n| c | d |", "| a `|` |\n|---|---|\n| c | d |")]
    [InlineData("| ` | `a` <!-- HIDDEN --> `b` |\n|---|---|", "| `|`a` `b` |\n|---|---|")]
    [InlineData("1. a <!-- HIDDEN -->\n   - b\n\n> c\n> <!-- HIDDEN -->\n\n    d <!-- code -->\n", "1. a \n   - b\n\n> c\n\n    d <!-- code -->")]
    [InlineData("a <!-<!-- x -->- HIDDEN --> b", "a  b")]
    [InlineData("<textarea>\n\n[//]: # (HIDDEN)\n</textarea>", "")]
    [InlineData("a $x^2 \\phantom{HIDDEN}$ b $y$", "a (formula) b $y$")]
    [InlineData("a $`\\color{white}{HIDDEN}`$ b", "a (formula) b")]
    [InlineData("a\n\n$$\nx^2 % HIDDEN\n$$\n\nb", "a\n\n(formula)\n\nb")]
    [InlineData("a $x % HIDDEN words$ b", "a (formula) b")]
    [InlineData("a $`x % HIDDEN\nHIDDEN`$ b", "a (formula) b")]
    [InlineData("# a $\\pha<!-- HIDDEN -->ntom{HIDDEN}$", "# a (formula)")]
    [InlineData("```math\n\\text{\\tiny HIDDEN}\n```", "(formula)")]
    public void Clean_WhatNobodySees_IsGone(string text, string seen)
    {
        var clean = VisibleText.Clean(text, Longest);

        Assert.DoesNotContain("HIDDEN", clean, StringComparison.Ordinal);
        Assert.Equal(seen, clean);
        Assert.Equal(clean, VisibleText.Clean(clean, Longest));
    }

    [Theory]
    [InlineData("a <!-- ", " -->")]
    [InlineData("a ![", "](b)")]
    [InlineData("a <b title=\"", "\">")]
    [InlineData("a [b](c \"", "\")")]
    [InlineData("<!-- ", " -->")]
    public void Clean_HiddenTextThatEndsBeyondWhatIsRead_IsGone(string opens, string closes)
    {
        var text = string.Concat(opens, string.Concat(Enumerable.Repeat("HIDDEN ", 40_000)), closes);

        Assert.DoesNotContain("HIDDEN", VisibleText.Clean(text, Longest), StringComparison.Ordinal);
        Assert.StartsWith("shown", VisibleText.Clean($"shown\n\n{text}", Longest), StringComparison.Ordinal);
        Assert.DoesNotContain("HIDDEN", VisibleText.Clean($"shown\n\n{text}", Longest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("> ")]
    [InlineData("[")]
    [InlineData("![")]
    [InlineData("[a](")]
    [InlineData("[a]: b\n")]
    [InlineData("[^a]: b\n")]
    [InlineData("*a ")]
    [InlineData("*a **a ")]
    [InlineData("a**b_c ")]
    [InlineData("  - a\n")]
    [InlineData("`a ``")]
    [InlineData("<!--")]
    [InlineData("<a b='")]
    [InlineData("1. ")]
    [InlineData("|-")]
    [InlineData("<div ")]
    [InlineData("| `<a>` |\n|-|\n")]
    [InlineData("<?")]
    [InlineData("<!A ")]
    [InlineData("<![CDATA[")]
    [InlineData("]")]
    [InlineData("[a\n")]
    [InlineData("[a]:\n")]
    [InlineData("[a](b) ")]
    public void Clean_TextMadeToTakeLong_HidesNothing(string piece)
    {
        var text = "<!-- HIDDEN -->\n\n[//]: # (HIDDEN)\n\n" + string.Concat(Enumerable.Repeat(piece, 199_000 / piece.Length)) + "\n\n![HIDDEN](x)";

        Assert.DoesNotContain("HIDDEN", VisibleText.Clean(text, Longest), StringComparison.Ordinal);
    }

    // That they are not read is seen from what is cut away: the time that it would take is nothing to rely on.
    [Theory]
    [InlineData("<?")]
    [InlineData("<!A ")]
    [InlineData("<![CDATA[ never closed ")]
    [InlineData("<a b='")]
    [InlineData("[open and never closed ")]
    [InlineData("![open and never closed ")]
    [InlineData("] closed ")]
    [InlineData("[a](")]
    [InlineData("*open it ")]
    [InlineData("[a]: b\n")]
    public void Clean_MoreOpenThanInAnyHonestParagraph_IsNotReadBeyondTheFirst(string piece)
    {
        var text = "a <?x?>" + (piece.EndsWith('\n') ? "\n\n" : "") + string.Concat(Enumerable.Repeat(piece, 65_000 / piece.Length)) + "\n\nend";

        Assert.Equal("a", VisibleText.Clean(text, Longest));
    }

    [Theory]
    [InlineData("*", "*")]
    [InlineData("_", "_")]
    [InlineData("~", "~")]
    [InlineData("*_", "_*")]
    [InlineData("*a ", " a*")]
    [InlineData("[*", "*](b)")]
    public void Clean_NestedDeeperThanTheStack_IsSurvived(string opens, string closes)
    {
        var text = "a<b title='HIDDEN'> " + string.Concat(Enumerable.Repeat(opens, 32_000 / opens.Length)) + "a" + string.Concat(Enumerable.Repeat(closes, 32_000 / closes.Length));

        Assert.DoesNotContain("HIDDEN", VisibleText.Clean(text, Longest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("```\n", "```\n", "[12:00:01][main][INFO]: started\n")]
    [InlineData("~~~\n", "~~~\n", "<?xml <!DOCTYPE a> <b c='d'>\n")]
    [InlineData("> ```\n", "> ```\n", "> [a]: b ![c](d)\n")]
    [InlineData("    a\n", "", "    [a][b] <? <![CDATA[ *a **b\n")]
    [InlineData("``", " a``\n", "[a][b] <? <!A `")]
    public void Clean_MuchInCode_LeavesWhatIsBelow(string opens, string closes, string line)
    {
        var text = $"It fails:\n\n{opens}{string.Concat(Enumerable.Repeat(line, 1200))}{closes}\n@codex please fix";

        Assert.Equal(text, VisibleText.Clean(text, Longest));
    }

    [Fact]
    public void Clean_ManyLinksInManyParagraphs_Stay()
    {
        var text = string.Concat(Enumerable.Repeat("- [a](b) **c** and [d](e)\n", 1500)) + "\n@codex please fix";

        Assert.Equal(text, VisibleText.Clean(text, Longest));
    }

    [Theory]
    [InlineData("- ```\n", "a <!-- HIDDEN -->\n")]
    [InlineData("> ```\n", "a <!-- HIDDEN -->\n")]
    [InlineData("``", "<a b='``'> <? HIDDEN ?>")]
    public void Clean_ManyThatOnlyLookLikeCode_AreNotShown(string opens, string piece) =>
        Assert.DoesNotContain("HIDDEN", VisibleText.Clean(opens + string.Concat(Enumerable.Repeat(piece, 1200)), Longest), StringComparison.Ordinal);
}
