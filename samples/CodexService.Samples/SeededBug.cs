using System.Text.Json;

namespace CodexService.Samples;

/// <summary>A bug of one edit that can be put into the sample repository; its test suite fails with it.</summary>
/// <param name="Name">Short name, for example <c>page-offset</c>.</param>
/// <param name="File">Path inside the repository.</param>
/// <param name="Original">The correct text; occurs exactly once in the file.</param>
/// <param name="Buggy">What stands there instead.</param>
/// <param name="Function">The function that holds the bug; every bug has another one.</param>
/// <param name="Prompt">How a person would report it.</param>
public sealed record SeededBug(string Name, string File, string Original, string Buggy, string Function, string Prompt)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Every known bug, the demo's first.</summary>
    public static IReadOnlyList<SeededBug> All { get; } = Load();

    /// <summary>The bug of <c>./codex demo</c>: page 2 repeats users from page 1.</summary>
    public static SeededBug Demo => All[0];

    private static SeededBug[] Load()
    {
        using var stream = typeof(SeededBug).Assembly.GetManifestResourceStream("seeded-bugs.json")!;
        return JsonSerializer.Deserialize<SeededBug[]>(stream, Json)!;
    }
}
