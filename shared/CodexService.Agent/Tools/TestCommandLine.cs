using System.Buffers;
using System.Text.RegularExpressions;

namespace CodexService.Agent.Tools;

/// <summary>Narrows a known test runner's command to chosen tests.</summary>
internal static partial class TestCommandLine
{
    private const string NotNarrowed = "this test command cannot be narrowed to chosen tests. Call run_tests without tests, or use shell.";

    private static readonly SearchValues<char> Special = SearchValues.Create("|;&<>`$()\"'\n");

    // Options of the runners below whose value is the next word.
    private static readonly string[] WithValue =
        ["-k", "-m", "-p", "-c", "-o", "-n", "-W", "-r", "-t", "-s", "--rootdir", "--ignore", "--deselect", "--maxfail", "--cov", "--tb",
         "--config", "--reporter", "--project", "--test-reporter", "--test-name-pattern", "--import", "--require", "--loader"];

    /// <summary>The command for <paramref name="tests"/>, or why there is none.</summary>
    public static (string? Command, string? Wrong) ForTests(string command, string tests)
    {
        var names = tests.Split([' ', '\n', '\t', ','], StringSplitOptions.RemoveEmptyEntries);
        if (names.FirstOrDefault(name => name.StartsWith('-')) is { } option)
        {
            return (null, $"{UntrustedText.Line(option, 40)} is an option, not a test. Give files or names of tests, or use shell.");
        }

        // What stands before the last part of a list (cd x && ...) stays as it is.
        var start = command.LastIndexOf("&&", StringComparison.Ordinal) is var at && at >= 0 ? at + 2 : 0;
        var (before, last) = (command[..start], command[start..].Trim());
        if (last.AsSpan().ContainsAny(Special) || Runner().Match(last) is not { Success: true } runner)
        {
            return (null, NotNarrowed);
        }

        // Where discovery starts changes what names mean.
        if (runner.Groups["kind"].Value == "unittest" && Discovery().IsMatch(last))
        {
            return (null, NotNarrowed);
        }

        var options = Options(last[runner.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var head = $"{before}{(before.Length > 0 ? " " : "")}{runner.Value.TrimEnd()}{string.Concat(options.Select(word => $" {word}"))}";
        return (runner.Groups["kind"].Value switch
        {
            "dotnet test" => $"{head} --filter {ShellWord.Quote(string.Join('|', names.Select(name => $"FullyQualifiedName~{DotnetName(name)}")))}",
            "unittest" => $"{head.Replace(" discover", "", StringComparison.Ordinal)}{Quoted(names.Select(UnittestName))}",
            _ => $"{head}{Quoted(names)}",
        }, null);

        // A project or solution is no choice of tests; it stays.
        IEnumerable<string> Options(string[] words) => runner.Groups["kind"].Value == "dotnet test"
            ? words
            : words.Where((word, i) => word.StartsWith('-') || (i > 0 && WithValue.Contains(words[i - 1], StringComparer.Ordinal)));
    }

    private static string Quoted(IEnumerable<string> names) => string.Concat(names.Select(name => $" {ShellWord.Quote(name)}"));

    private static string DotnetName(string name) => FileName().Replace(name, "").Split('/')[^1];

    /// <summary>A file is given to unittest as it is; a pytest id becomes a dotted name.</summary>
    private static string UnittestName(string name) =>
        name.Contains("::", StringComparison.Ordinal) ? name.Replace(".py::", ".", StringComparison.Ordinal).Replace("::", ".", StringComparison.Ordinal).Replace('/', '.') : name;

    [GeneratedRegex(@"^(?:[A-Z_][A-Z0-9_]*=\S*\s+)*(?:(?:python[0-9.]*\s+(?:-[BEIsSu]+\s+)*-m\s+)?(?<kind>pytest)|python[0-9.]*\s+(?:-[BEIsSu]+\s+)*-m\s+(?<kind>unittest)|(?:npx\s+(?:--no-install\s+)?)?(?<kind>jest|vitest(?:\s+run)?|mocha)|(?<kind>node\s+--test)|(?<kind>dotnet test))(?=\s|$)", RegexOptions.ExplicitCapture)]
    private static partial Regex Runner();

    [GeneratedRegex(@" discover\b.* -(?:s|t|p|-start-directory|-top-level-directory|-pattern)\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Discovery();

    [GeneratedRegex(@"\.cs$")]
    private static partial Regex FileName();
}
