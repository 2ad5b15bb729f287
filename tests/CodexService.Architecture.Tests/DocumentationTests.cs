using System.Text.RegularExpressions;

namespace CodexService.Architecture.Tests;

public sealed partial class DocumentationTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("AGENTS.md")]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/api.md")]
    public void Document_IsThere(string name) => Assert.True(File.Exists(Path.Combine(RepositoryFiles.Root, name)), name);

    [Fact]
    public void Links_LeadToFilesThatExist()
    {
        var broken = new List<string>();
        foreach (var path in RepositoryFiles.Find("*.md"))
        {
            foreach (Match link in Link().Matches(File.ReadAllText(path)))
            {
                var target = link.Groups[1].Value.Split('#')[0];
                if (target.Length > 0 && !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
                    && !Path.Exists(Path.Combine(Path.GetDirectoryName(path)!, Uri.UnescapeDataString(target))))
                {
                    broken.Add($"{RepositoryFiles.Name(path)} → {target}");
                }
            }
        }

        Nothing.In(broken);
    }

    [Fact]
    public void PathsInDocs_NameWhatExists()
    {
        var missing = new List<string>();
        foreach (var path in RepositoryFiles.Find("*.md"))
        {
            foreach (Match code in PathInCode().Matches(File.ReadAllText(path)))
            {
                var named = code.Groups[1].Value.TrimEnd('/');
                if (!named.Contains('*', StringComparison.Ordinal) && !Path.Exists(Path.Combine(RepositoryFiles.Root, named)))
                {
                    missing.Add($"{RepositoryFiles.Name(path)}: {named}");
                }
            }
        }

        Nothing.In(missing);
    }

    [Fact]
    public void DecisionRecords_AreNumberedWithoutRepeat()
    {
        var numbers = RepositoryFiles.Find("*.md", "docs/adr").Select(path => Path.GetFileName(path)[..4]).ToList();
        Assert.NotEmpty(numbers);
        Assert.Equal(numbers.Distinct(), numbers);
        Assert.All(numbers, number => Assert.True(int.TryParse(number, out _)));
    }

    [GeneratedRegex(@"(?<!`)\[[^\]\n]*\]\(<?([^)\s>]+)>?(?:\s+""[^""]*"")?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`((?:shared|services|workers|tests|infra|docs)/[\w./*-]+)`")]
    private static partial Regex PathInCode();
}
