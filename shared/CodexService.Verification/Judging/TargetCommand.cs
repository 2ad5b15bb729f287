using CodexService.Verification.Reporting;

namespace CodexService.Verification.Judging;

/// <summary>A command that runs only the given tests, for evidence that a person can repeat.</summary>
/// <param name="CommandLine">The command line.</param>
/// <param name="Folder">Folder that the ids are relative to, itself relative to the workspace; <see langword="null"/> for the workspace.</param>
internal sealed record TargetCommand(string CommandLine, string? Folder)
{
    private const int MaxTests = 50;
    private const int MaxLength = 16 * 1024;

    /// <summary>The command, or <see langword="null"/> when the runner's way of naming tests is not known.</summary>
    public static TargetCommand? For(TestSession? session, string workspace, IReadOnlyList<string> tests)
    {
        // A file that does not import has no test to name.
        var named = tests.Where(id => id[0] != '-' && (session?.Runner == "pytest" ? id.Contains("::", StringComparison.Ordinal) : !id.StartsWith("unittest.", StringComparison.Ordinal) && !id.Contains(' ', StringComparison.Ordinal)))
            .Take(MaxTests).Select(SandboxScript.Quote).ToArray();
        if (session is null || named.Length == 0 || !(session.Folder + "/").StartsWith(workspace + "/", StringComparison.Ordinal))
        {
            return null;
        }

        var folder = session.Folder.Length > workspace.Length ? session.Folder[(workspace.Length + 1)..] : null;

        var line = $"{SandboxScript.Quote(session.Python)} -m {(session.Runner == "pytest" ? "pytest -q" : "unittest")} {string.Join(' ', named)}";
        return line.Length <= MaxLength ? new TargetCommand(line.Replace($"'{session.Python}'", Plain(session.Python), StringComparison.Ordinal), folder) : null;
    }

    private static string Plain(string path) =>
        path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-') ? path : SandboxScript.Quote(path);
}
