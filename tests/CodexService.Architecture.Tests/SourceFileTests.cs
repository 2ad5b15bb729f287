using System.Text.RegularExpressions;

namespace CodexService.Architecture.Tests;

public sealed partial class SourceFileTests
{
    private const int MostLines = 400;
    private const int MostProgramLines = 30;
    private static readonly string[] Product = ["shared", "services", "workers"];

    [Fact]
    public void SourceFiles_StayReadable() =>
        Nothing.In(RepositoryFiles.Find("*.cs").Where(path => File.ReadLines(path).Count() > MostLines).Select(RepositoryFiles.Name));

    [Fact]
    public void Programs_OnlyCompose() => Nothing.In(
        RepositoryFiles.Find("Program.cs", "services", "workers").Where(path => File.ReadLines(path).Count() > MostProgramLines).Select(RepositoryFiles.Name));

    [Fact]
    public void Names_SayTheDuty() => Nothing.In(
        RepositoryFiles.Find("*.cs").Where(path => VagueName().IsMatch(Path.GetFileNameWithoutExtension(path))).Select(RepositoryFiles.Name));

    [Fact]
    public void Folders_AreCapabilities()
    {
        string[] layers = ["Services", "Interfaces", "Models", "Helpers", "Utils", "Utilities", "Common", "Managers", "Misc"];
        var found = RepositoryFiles.Find("*.cs", Product)
            .SelectMany(path => RepositoryFiles.Name(path).Split('/').SkipLast(1))
            .Where(folder => layers.Contains(folder, StringComparer.Ordinal));
        Nothing.In(found);
    }

    [Fact]
    public void PublicTypes_OfTheLibraries_AreDocumented()
    {
        var bare = new List<string>();
        foreach (var path in RepositoryFiles.Find("*.cs", "shared"))
        {
            var lines = File.ReadAllLines(path);
            for (var i = 0; i < lines.Length; i++)
            {
                if (PublicType().IsMatch(lines[i]) && !IsDocumented(lines, i))
                {
                    bare.Add($"{RepositoryFiles.Name(path)}:{i + 1}");
                }
            }
        }

        Nothing.In(bare);
    }

    [Fact]
    public void Namespaces_FollowTheFolders()
    {
        var wrong = new List<string>();
        foreach (var path in RepositoryFiles.Find("*.cs", "shared"))
        {
            var parts = RepositoryFiles.Name(path).Split('/');
            var expected = string.Join('.', parts[1..^1]);
            var actual = File.ReadLines(path).Select(line => Namespace().Match(line)).FirstOrDefault(match => match.Success)?.Groups[1].Value;

            // A folder below may keep the namespace of the one above.
            if (actual is not null && actual != expected && !expected.StartsWith(actual + ".", StringComparison.Ordinal))
            {
                wrong.Add($"{RepositoryFiles.Name(path)}: {actual}");
            }
        }

        Nothing.In(wrong);
    }

    private static bool IsDocumented(string[] lines, int type)
    {
        for (var i = type - 1; i >= 0; i--)
        {
            var line = lines[i].Trim();
            if (line.StartsWith("///", StringComparison.Ordinal))
            {
                return true;
            }

            // Attributes and directives may stand between.
            if (!line.StartsWith('[') && !line.EndsWith(']') && !line.StartsWith('#'))
            {
                return false;
            }
        }

        return false;
    }

    [GeneratedRegex(@"^\s*public\s+(?:(?:static|sealed|abstract|partial|readonly|ref)\s+)*(?:class|record|interface|enum|struct|delegate)\b")]
    private static partial Regex PublicType();

    [GeneratedRegex(@"(?:Helper|Util|Utils|Utility|Utilities|Manager|Common)s?$|^(?:Helper|Util|Manager|Common)", RegexOptions.ExplicitCapture)]
    private static partial Regex VagueName();

    [GeneratedRegex(@"^namespace\s+([\w.]+);")]
    private static partial Regex Namespace();
}
