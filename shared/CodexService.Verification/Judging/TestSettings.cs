using System.Text;
using System.Text.Json;

namespace CodexService.Verification.Judging;

/// <summary>The part of a project's own settings that decides which tests run and how.</summary>
internal static class TestSettings
{
    private static readonly string[] SectionWords = ["pytest", "tox", "testenv", "nose", "unittest", "hatch.envs", "nox"];
    private static readonly string[] Runners = ["jest", "vitest", "mocha", "ava", "tap", "karma", "nyc", "c8", "wtr"];

    /// <summary>Whether the file's settings of tests differ; <see langword="null"/> stands for no file. What cannot be read counts as different.</summary>
    public static bool Differ(string path, string? before, string? after)
    {
        try
        {
            return Read(path, before) != Read(path, after);
        }
        catch (JsonException)
        {
            return true;
        }
    }

    private static string Read(string path, string? text) =>
        text is null ? "" : TestPaths.FileName(path) == "package.json" ? ReadPackage(text) : ReadSections(text);

    private static string ReadPackage(string text)
    {
        using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            return text;
        }

        var found = new StringBuilder();
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (property.NameEquals("scripts") && property.Value.ValueKind == JsonValueKind.Object)
            {
                // A test script often calls others, "test": "npm run check": all of them are settings of tests then.
                var scripts = property.Value.EnumerateObject().ToArray();
                var chained = scripts.Any(script => IsTestScript(script.Name) && script.Value.ToString().Contains("run ", StringComparison.Ordinal));
                foreach (var script in scripts.Where(script => chained || IsTestScript(script.Name)))
                {
                    found.Append(script.Name).Append('=').Append(script.Value.GetRawText()).Append('\n');
                }
            }
            else if (Runners.Contains(property.Name, StringComparer.Ordinal))
            {
                found.Append(property.Name).Append('=').Append(property.Value.GetRawText()).Append('\n');
            }
        }

        return found.ToString();
    }

    private static bool IsTestScript(string name) => name.Contains("test", StringComparison.OrdinalIgnoreCase);

    private static string ReadSections(string text)
    {
        var found = new StringBuilder();
        var inside = false;
        foreach (var line in text.Split('\n'))
        {
            var header = line.Trim();
            if (header.StartsWith('['))
            {
                inside = SectionWords.Any(word => header.Contains(word, StringComparison.OrdinalIgnoreCase));
            }

            // A dotted key reaches into a section from outside of it.
            if ((inside || SectionWords.Any(word => header.Contains(word + ".", StringComparison.OrdinalIgnoreCase))) && header.Length > 0 && header[0] != '#')
            {
                found.Append(line.TrimEnd()).Append('\n');
            }
        }

        return found.ToString();
    }
}
