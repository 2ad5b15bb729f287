using System.Text.Json;
using System.Text.RegularExpressions;
using CodexService.Api.GitHub;
using CodexService.Contracts.Api;
using Microsoft.Extensions.Configuration;

namespace CodexService.Api.Tests.GitHub;

/// <summary>The App asks GitHub for what the service handles, and for what its documents say.</summary>
public sealed partial class AppManifestTests
{
    [Fact]
    public void Write_Always_AsksForTheEventsThatAreHandled() => Assert.Equal(
        ["check_run", "check_suite", "issue_comment", "issues", "pull_request", "pull_request_review", "pull_request_review_comment", "push"],
        Strings(Manifest().GetProperty("default_events")).Order(StringComparer.Ordinal));

    [Fact]
    public void Write_Always_AsksForTheEventsOfItsDocument()
    {
        var listed = Events().Match(Document());

        Assert.True(listed.Success, "infra/github/README.md has no line of events");
        Assert.Equal(
            listed.Groups["names"].Value.Split(", ").Select(name => name.Trim().Replace(' ', '_')).Order(StringComparer.Ordinal),
            Strings(Manifest().GetProperty("default_events")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Write_Always_AsksForThePermissionsOfItsDocument()
    {
        var listed = Permissions().Matches(Document()).Select(row => $"{row.Groups["name"].Value.ToLowerInvariant().Replace(' ', '_')} {(row.Groups["write"].Success ? "write" : "read")}");

        Assert.Equal(
            listed.Order(StringComparer.Ordinal),
            Manifest().GetProperty("default_permissions").EnumerateObject().Select(one => $"{one.Name} {one.Value.GetString()}").Order(StringComparer.Ordinal));
    }

    private static JsonElement Manifest() => JsonDocument.Parse(
        AppManifest.Write(new NewAppRequest("https://codex.example.com", "codex", null), new ConfigurationBuilder().Build(), "state").Manifest).RootElement;

    private static IEnumerable<string> Strings(JsonElement array) => array.EnumerateArray().Select(one => one.GetString()!);

    private static string Document()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "CodexService.sln")))
            {
                return File.ReadAllText(Path.Combine(at.FullName, "infra", "github", "README.md"));
            }
        }

        throw new InvalidOperationException("the repository is not above the tests' assembly");
    }

    [GeneratedRegex("^Events: (?<names>[a-z ,]+)\\.$", RegexOptions.Multiline)]
    private static partial Regex Events();

    [GeneratedRegex(@"^\| (?<name>[A-Z][a-z ]+) \| read(?<write> and write)? \|", RegexOptions.Multiline)]
    private static partial Regex Permissions();
}
