using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CodexService.Contracts;
using CodexService.Sandbox;

namespace CodexService.Agent.Instructions;

/// <summary>
/// Files and symbols of a repository within a budget, those first that the task's words point to. Made inside the sandbox:
/// what comes back is untrusted text.
/// </summary>
internal static partial class RepositoryMap
{
    private const int MostFiles = 400;

    // Below this nothing in the task's words points anywhere.
    private const int LikelyScore = 20;

    private static readonly string Script = ReadScript();

    private static readonly HashSet<string> Empty =
        ["the", "and", "for", "that", "this", "with", "not", "are", "was", "when", "should", "from", "has", "have", "but", "all", "can", "must", "add",
            "fix", "bug", "make", "use", "test", "tests", "file", "files", "code", "error", "returns", "return", "instead", "function", "please"];

    /// <summary>
    /// The map, at most <paramref name="budget"/> tokens; empty when the repository cannot be listed. Without Python in the
    /// sandbox it is a plain list of files.
    /// </summary>
    /// <exception cref="SandboxException">The sandbox is gone.</exception>
    public static async Task<string> BuildAsync(ISandbox sandbox, string prompt, int budget, Func<string, int> countTokens, CancellationToken cancellationToken)
    {
        if (budget == 0)
        {
            return "";
        }

        var asked = JsonSerializer.SerializeToUtf8Bytes(new { words = Words(prompt), prompt = prompt[..Math.Min(prompt.Length, 20_000)], most_files = MostFiles });
        var result = await sandbox.RunAsync(
            new SandboxCommand("exec python3 -I -c \"$MAP_SCRIPT\"")
            {
                Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["MAP_SCRIPT"] = Script, ["PYTHONUTF8"] = "1" },
                StandardInput = new MemoryStream(asked, writable: false),
                Timeout = TimeSpan.FromSeconds(60),
                OutputBytes = 4 << 20,
            },
            cancellationToken);
        var (files, total) = result.Succeeded && TryParse(result.StandardOutputText) is { } parsed ? parsed : await ListAsync(sandbox, cancellationToken);
        return files.Count == 0 ? "" : Fit(files, total, budget, countTokens);
    }

    private static async Task<(List<MappedFile> Files, int Total)> ListAsync(ISandbox sandbox, CancellationToken cancellationToken)
    {
        var result = await sandbox.RunAsync(
            new SandboxCommand($"git -c core.quotePath=false ls-files | head -n {MostFiles}") { Timeout = TimeSpan.FromSeconds(30) },
            cancellationToken);
        var files = result.StandardOutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(path => new MappedFile(path, 0, [])).ToList();
        return (files, files.Count);
    }

    private static (List<MappedFile> Files, int Total)? TryParse(string output)
    {
        try
        {
            return Parse(output);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static (List<MappedFile> Files, int Total) Parse(string output)
    {
        var files = new List<MappedFile>();
        var total = 0;
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.TryGetProperty("files", out var count))
            {
                total = count.GetInt32();
            }
            else
            {
                files.Add(new MappedFile(
                    root.GetProperty("path").GetString()!,
                    root.GetProperty("score").GetInt32(),
                    [.. root.GetProperty("symbols").EnumerateArray().Select(symbol => symbol.GetString()!)]));
            }
        }

        return (files, Math.Max(total, files.Count));
    }

    // Symbols for the best files as long as they fit, then names alone; what is left out is counted.
    private static string Fit(List<MappedFile> files, int total, int budget, Func<string, int> countTokens)
    {
        var map = new StringBuilder();
        var left = budget - countTokens("Likely files first:\n… and 10000 more files");
        var withSymbols = left * 4 / 5;
        var shown = 0;
        foreach (var file in files)
        {
            var full = file.Symbols.Count == 0 || withSymbols <= 0 ? $"{file.Path}\n" : $"{file.Path}: {string.Join(", ", file.Symbols)}\n";
            var cost = countTokens(full);
            if (cost > withSymbols && file.Symbols.Count > 0)
            {
                full = withSymbols > 0 && file.Symbols.Count > 6 ? $"{file.Path}: {string.Join(", ", file.Symbols.Take(6))}, …\n" : $"{file.Path}\n";
                cost = countTokens(full);
            }

            if (cost > left)
            {
                break;
            }

            map.Append(full);
            left -= cost;
            withSymbols -= cost;
            shown++;
        }

        if (shown < total)
        {
            map.Append($"… and {Quantity.Of(total - shown, "more file")}\n");
        }

        return shown > 0 && files[0].Score >= LikelyScore ? $"Likely files first:\n{map}" : map.ToString();
    }

    private static IEnumerable<string> Words(string prompt) => NamePart().Matches(prompt)
        .Select(match => match.Value.ToLowerInvariant())
        .Where(word => !Empty.Contains(word))
        .Distinct(StringComparer.Ordinal)
        .Take(300);

    private static string ReadScript()
    {
        using var reader = new StreamReader(typeof(RepositoryMap).Assembly.GetManifestResourceStream("Instructions/repository_map.py")!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex("[A-Z]?[a-z]{2,}|[A-Z]{2,}(?![a-z])|[a-z0-9]{3,}")]
    private static partial Regex NamePart();

    private sealed record MappedFile(string Path, int Score, IReadOnlyList<string> Symbols);
}
