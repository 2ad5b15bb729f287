using System.Text.RegularExpressions;

namespace CodexService.Tasks.Reviews;

/// <summary>
/// Leaves out formulas that may hold what is not seen. A forge draws <c>$…$</c>, <c>$$…$$</c> and code blocks of the language "math" with
/// MathJax, which has comments, and commands to set text without ink, in the colour of the page, too small to read, over other text, or
/// under another name.
/// </summary>
internal static partial class VisibleFormulas
{
    /// <summary>What stands for such a formula.</summary>
    public const string Formula = "(formula)";

    /// <summary>The commands, for who looks whether there is any.</summary>
    public const string Hiding = @"\\(?:[hv]?phantom|color|textcolor|colorbox|fcolorbox|(?:math)?[rlc]lap|smash|tiny|scriptscriptstyle|Tiny|mathchoice|def|let|(?:re)?newcommand|newenvironment"
        + @"|mspace|Space|mmlToken|mathtip|texttip|toggle|href|class|style|cssId|data|bbox|label|require|hspace|hskip|m?kern|mskip|raise|lower|moveleft|moveright)(?![A-Za-z])";

    /// <summary>Text of a paragraph or heading without them: each is taken from its dollar sign to the next, or to the end.</summary>
    public static string Without(string text) => InText().Replace(text, Formula);

    /// <summary>Whether a code block of the language "math" is one.</summary>
    public static bool Hides(string block) => InBlock().IsMatch(block);

    [GeneratedRegex(@"(?<!\$)(?>\$+)(?=[^$]*" + Hiding + @")[^$]*\$*|(?<!\$)\$\$(?=[^$]*(?<!\\)%)[^$]*\$*|(?<![\\$])\$(?=[^\s$])[^$]*(?<!\\)%[^$]*(?<=\S)\$(?![0-9$])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InText();

    [GeneratedRegex(Hiding + @"|(?<!\\)%", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InBlock();
}
