using System.Text;
using CodexService.Agent.Context;
using CodexService.Agent.Tools;
using CodexService.Sandbox;

namespace CodexService.Agent.Instructions;

/// <summary>One file of instructions.</summary>
/// <param name="Path">Its path in the repository.</param>
/// <param name="Text">Its text up to the limit.</param>
/// <param name="Bytes">Its whole size.</param>
internal sealed record InstructionFile(string Path, string Text, long Bytes)
{
    /// <summary>The path as it may be shown.</summary>
    public string Name => CallText.OneLine(UntrustedText.Clean(Path), 200);

    /// <summary>Folder that it is about; empty for the whole repository.</summary>
    public string Folder => Path.LastIndexOf('/') is var end and >= 0 ? Path[..end] : "";
}

/// <summary>
/// What the repository says to agents, as of the base commit, so that a change made by the work itself does not count:
/// <c>AGENTS.md</c> in the root and below, else <c>CLAUDE.md</c>, else <c>.github/copilot-instructions.md</c>.
/// </summary>
/// <param name="Root">About the whole repository; <see langword="null"/> when there is none.</param>
/// <param name="Nested">About folders, deepest last.</param>
internal sealed record AgentInstructions(InstructionFile? Root, IReadOnlyList<InstructionFile> Nested)
{
    private const int MostNested = 40;
    private static readonly string[] Fallbacks = ["CLAUDE.md", ".github/copilot-instructions.md"];

    // For each file: path, size and the first bytes, NUL-separated; text holds no NUL once tr is through.
    private const string Script = """
        set -u
        export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_OPTIONAL_LOCKS=0
        git ls-tree -r -z --name-only HEAD 2> /dev/null \
            | grep -zE '(^|/)AGENTS\.md$|^CLAUDE\.md$|^\.github/copilot-instructions\.md$' \
            | head -z -n "$MOST_FILES" \
            | while IFS= read -r -d '' path; do
                size=$(git cat-file -s "HEAD:$path") || continue
                printf '%s\0%s\0' "$path" "$size"
                git cat-file blob "HEAD:$path" | head -c "$MOST_BYTES" | tr -d '\000'
                printf '\0'
            done
        """;

    /// <summary>No instructions.</summary>
    public static AgentInstructions None { get; } = new(null, []);

    /// <summary>Reads the instructions; at most <paramref name="characters"/> of each file.</summary>
    /// <exception cref="SandboxException">The sandbox is gone.</exception>
    public static async Task<AgentInstructions> ReadAsync(ISandbox sandbox, int characters, CancellationToken cancellationToken)
    {
        if (characters == 0)
        {
            return None;
        }

        var result = await sandbox.RunAsync(
            new SandboxCommand(Script)
            {
                Timeout = TimeSpan.FromSeconds(30),
                Environment = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["MOST_FILES"] = $"{MostNested}",

                    // A character takes up to four bytes.
                    ["MOST_BYTES"] = $"{(characters * 4) + 4}",
                },
            },
            cancellationToken);
        return Choose(Parse(result.StandardOutputText, characters));
    }

    /// <summary>The same without the files of these paths.</summary>
    public AgentInstructions Without(IEnumerable<string?> paths)
    {
        var gone = paths.ToHashSet(StringComparer.Ordinal);
        return new AgentInstructions(Root is { } root && gone.Contains(root.Path) ? null : Root, [.. Nested.Where(file => !gone.Contains(file.Path))]);
    }

    /// <summary>The nested instructions for a file, nearest first.</summary>
    public IEnumerable<InstructionFile> For(string path) => Nested
        .Where(file => path.StartsWith(file.Folder + "/", StringComparison.Ordinal))
        .OrderByDescending(file => file.Folder.Length);

    /// <summary>One line for people about each file of which the model gets a part only.</summary>
    public IEnumerable<string> Cuts(int characters) => Nested.Append(Root).OfType<InstructionFile>()
        .Where(IsCut)
        .Select(file => $"{file.Name} has {file.Bytes:N0} bytes; the model gets its first {characters:N0} characters (Agent:InstructionCharacters)");

    /// <summary>The text between markers, with a line where it was cut.</summary>
    public static string Render(InstructionFile file, DataBlock block)
    {
        var cut = IsCut(file) ? $"\n[{file.Name} has {file.Bytes:N0} bytes; only its first {file.Text.Length:N0} characters are shown]" : "";
        return $"{block.Wrap(file.Text)}{cut}";
    }

    private static bool IsCut(InstructionFile file) => Encoding.UTF8.GetByteCount(file.Text) < file.Bytes;

    private static AgentInstructions Choose(List<InstructionFile> files)
    {
        var agents = files.Where(file => file.Path is "AGENTS.md" || file.Path.EndsWith("/AGENTS.md", StringComparison.Ordinal)).ToList();
        return agents.Count > 0
            ? new AgentInstructions(agents.Find(file => file.Folder.Length == 0), [.. agents.Where(file => file.Folder.Length > 0).OrderBy(file => file.Folder.Length)])
            : new AgentInstructions(Fallbacks.Select(path => files.Find(file => file.Path == path)).FirstOrDefault(file => file is not null), []);
    }

    private static List<InstructionFile> Parse(string output, int characters)
    {
        var parts = output.Split('\0');
        var files = new List<InstructionFile>();
        for (var i = 0; i + 2 < parts.Length; i += 3)
        {
            if (long.TryParse(parts[i + 1], out var size))
            {
                var text = parts[i + 2];
                files.Add(new InstructionFile(parts[i], text.Length > characters ? text[..characters] : text, size));
            }
        }

        return files;
    }
}
