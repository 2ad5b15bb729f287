using System.Globalization;
using System.Text;
using CodexService.Contracts;
using CodexService.Sandbox;

namespace CodexService.Agent.Tools;

/// <summary>
/// Looks up the places that an answer names, in the sandbox, in the tree of the base commit: what commands did to the files
/// since does not count.
/// </summary>
/// <param name="sandbox">Holds the repository.</param>
/// <param name="baseTree">Id of the tree of the base commit; <see langword="null"/> when git cannot say: then nothing exists.</param>
/// <param name="options">Limits.</param>
internal sealed class ReferenceCheck(ISandbox sandbox, string? baseTree, ToolboxOptions options)
{
    // One line for each path: its number of lines, or "-" when it is no file.
    private const string Count = """
        while IFS= read -r -d '' path; do
          if [ "$(git cat-file -t "$TREE:$path" 2>/dev/null)" = blob ]; then git cat-file blob "$TREE:$path" | LC_ALL=C grep -ac ''; else echo -; fi
        done
        """;

    private IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["TREE"] = baseTree ?? "",
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_NO_REPLACE_OBJECTS"] = "1",
    };

    /// <summary>A place, and in words what is wrong with it or that nothing is.</summary>
    internal readonly record struct LookedUp(FileReference Reference, string What);

    /// <summary>The places of the answer in their order.</summary>
    /// <exception cref="SandboxException">The sandbox is gone.</exception>
    public async Task<IReadOnlyList<LookedUp>> LookUpAsync(string answer, CancellationToken cancellationToken)
    {
        var found = AnswerReferences.Find(answer, sandbox.Workspace);
        if (found.Count == 0)
        {
            return [];
        }

        string[] paths = [.. found.Select(place => place.Path).Distinct(StringComparer.Ordinal)];
        var lines = await LinesAsync(paths, cancellationToken);
        return [.. found.Where(place => place.IsCertain || lines[place.Path] is not null).Select(place => Describe(place, lines[place.Path]))];
    }

    private static LookedUp Describe(AnswerReferences.Found place, int? lines)
    {
        var exists = lines is { } count && place.Line >= 1 && (place.EndLine ?? place.Line) is var end && end >= place.Line && end <= count;
        var where = UntrustedText.Line($"{place.Path}:{place.Line}{(place.EndLine is { } last ? $"-{last}" : "")}", 200);
        return new LookedUp(
            new FileReference(place.Path, place.Line, place.EndLine, exists),
            exists ? where : lines is null ? $"{where}: there is no such file" : $"{where}: the file has {Quantity.Of(lines.Value, "line")}");
    }

    private async Task<Dictionary<string, int?>> LinesAsync(string[] paths, CancellationToken cancellationToken)
    {
        // Git reads paths in a tree without "..": such a path is no file of the repository.
        var result = await sandbox.RunAsync(
            new SandboxCommand(Count)
            {
                StandardInput = new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(paths.Select(path => path + '\0'))), writable: false),
                Environment = Environment,
                Timeout = options.FileToolTimeout,
            },
            cancellationToken);
        var said = result.StandardOutputText.Split('\n');
        return paths
            .Select((path, index) => (Path: path, Lines: int.TryParse(said.ElementAtOrDefault(index), NumberStyles.None, CultureInfo.InvariantCulture, out var lines) ? lines : (int?)null))
            .ToDictionary(one => one.Path, one => one.Lines, StringComparer.Ordinal);
    }
}
