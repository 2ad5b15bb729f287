using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CodexService.Agent.Tools;

/// <summary>
/// What a run of tests says about itself, for the model's eyes. Output can say anything; the verdict on a change never
/// comes from here.
/// </summary>
/// <param name="Passed">Tests that passed, when a known runner said so.</param>
/// <param name="Failed">Tests that failed or broke, when a known runner said so.</param>
/// <param name="FailedTests">Their names in the order of the output.</param>
internal sealed partial record TestSummary(int? Passed, int? Failed, IReadOnlyList<string> FailedTests)
{
    /// <summary>Bytes at the end of the output that are looked at.</summary>
    private const int Tail = 1 << 18;
    private const int MostNames = 200;

    /// <summary>Reads what pytest, unittest, jest, vitest, mocha, node --test, dotnet test and cargo test print.</summary>
    public static TestSummary Read(ReadOnlyMemory<byte> output)
    {
        var bytes = output.Length <= Tail ? output : output[^Tail..];
        var text = UntrustedText.Clean(Encoding.UTF8.GetString(bytes.Span).Replace("\r", "", StringComparison.Ordinal), out _);
        try
        {
            var (passed, failed) = Counts(text);
            return new TestSummary(passed, failed, failed is 0 ? [] : Names(text));
        }
        catch (RegexMatchTimeoutException)
        {
            // Output made to keep us busy gets no summary.
            return new TestSummary(null, null, []);
        }
    }

    private static List<string> Names(string text)
    {
        var names = new List<string>();
        foreach (Match match in FailedName().Matches(text))
        {
            var name = UntrustedText.Line(match.Groups["name"].Value, 160);
            if (names.Count < MostNames && !names.Contains(name, StringComparer.Ordinal))
            {
                names.Add(name);
            }
        }

        return names;
    }

    private static (int? Passed, int? Failed) Counts(string text)
    {
        if (Pytest().Matches(text) is { Count: > 0 } pytest)
        {
            return Words(pytest[^1].Value);
        }

        if (Ran().Matches(text) is { Count: > 0 } ran)
        {
            var broken = 0;
            var skipped = 0;
            foreach (Match match in UnittestResult().Matches(text))
            {
                broken += Sum(match.Value, "failures", "errors");
                skipped += Sum(match.Value, "skipped");
            }

            return (Math.Max(0, ran.Sum(match => Number(match.Groups["count"])) - broken - skipped), broken);
        }

        if (Jest().Matches(text) is { Count: > 0 } jest)
        {
            return Words(jest[^1].Value);
        }

        if (NodePass().Matches(text) is { Count: > 0 } pass && NodeFail().Matches(text) is { Count: > 0 } fail)
        {
            return (Number(pass[^1].Groups["count"]), Number(fail[^1].Groups["count"]));
        }

        if (Dotnet().Matches(text) is { Count: > 0 } dotnet)
        {
            return (dotnet.Sum(match => Number(match.Groups["passed"])), dotnet.Sum(match => Number(match.Groups["failed"])));
        }

        if (Cargo().Matches(text) is { Count: > 0 } cargo)
        {
            return (cargo.Sum(match => Number(match.Groups["passed"])), cargo.Sum(match => Number(match.Groups["failed"])));
        }

        return Mocha().Match(text) is { Success: true } mocha ? (Number(mocha.Groups["passed"]), Number(mocha.Groups["failed"])) : (null, null);
    }

    /// <summary>Counts as words: <c>1 failed, 2 passed, 1 error</c>.</summary>
    private static (int Passed, int Failed) Words(string line)
    {
        var (passed, failed) = (0, 0);
        foreach (Match match in CountAndWord().Matches(line))
        {
            var count = Number(match.Groups["count"]);
            (passed, failed) = match.Groups["word"].Value switch
            {
                "passed" => (passed + count, failed),
                "failed" or "error" or "errors" => (passed, failed + count),
                _ => (passed, failed),
            };
        }

        return (passed, failed);
    }

    private static int Sum(string text, params string[] words) => words.Sum(
        word => text.IndexOf($"{word}=", StringComparison.Ordinal) is var at && at >= 0
            && int.TryParse(string.Concat(text[(at + word.Length + 1)..].TakeWhile(char.IsAsciiDigit)), out var number) ? number : 0);

    private static int Number(Group group) =>
        int.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 10_000_000 ? number : 0;

    [GeneratedRegex(@"^[= ]*(?:no tests ran|\d+ (?:passed|failed|errors?|skipped|xfailed|xpassed|deselected|warnings?)[^\n]*) in [\d.]+s[^\n]*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pytest();

    [GeneratedRegex(@"^Ran (?<count>\d+) tests? in ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Ran();

    [GeneratedRegex(@"^(?:FAILED|OK) \([a-z0-9=, ]{1,200}\)$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UnittestResult();

    [GeneratedRegex(@"^ *Tests:? +\d+ (?:passed|failed|skipped|todo)[^\n]*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Jest();

    [GeneratedRegex(@"^(?:#|ℹ) pass (?<count>\d+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NodePass();

    [GeneratedRegex(@"^(?:#|ℹ) fail (?<count>\d+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NodeFail();

    [GeneratedRegex(@"(?:Failed|Passed)! +- Failed: +(?<failed>\d+), Passed: +(?<passed>\d+)|[Tt]est summary: total: \d+[;,] failed: (?<failed>\d+)[;,] succeeded: (?<passed>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Dotnet();

    [GeneratedRegex(@"^test result: \w+\. (?<passed>\d+) passed; (?<failed>\d+) failed", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Cargo();

    [GeneratedRegex(@"^ +(?<passed>\d+) passing\b[^\n]*\n(?: +\d+ pending\n)?(?: +(?<failed>\d+) failing)?", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Mocha();

    [GeneratedRegex(@"(?<count>\d+) (?<word>[a-z]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CountAndWord();

    // pytest, unittest, jest, vitest, node (TAP and spec), dotnet, cargo.
    [GeneratedRegex(@"^(?:FAILED|ERROR) (?<name>\S+::[^\n]*?)(?: - [^\n]*)?$|^(?:FAIL|ERROR): (?<name>[^\n]+)$|^ +● (?<name>[^\n]+ › [^\n]+)$|^ FAIL  (?<name>[^\n]+ > [^\n]+)$|^ *not ok \d+ - (?<name>[^\n#]+)$|^ *✖ (?<name>[^\n]+) \([\d.]+ms\)$|^ *Failed (?<name>[^\n\[]+) \[[^\n\]]+\]$|^test (?<name>\S+) \.\.\. FAILED$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FailedName();
}
