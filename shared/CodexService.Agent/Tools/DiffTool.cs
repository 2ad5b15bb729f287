using CodexService.Agent.Reviews;

namespace CodexService.Agent.Tools;

/// <summary><c>diff</c> of a review: what the change does to one file. Read on the host, so nothing in the sandbox can alter it.</summary>
internal sealed class DiffTool(ReviewSubject subject, string workspace, ToolboxOptions options) : AgentTool(
    "diff",
    "Shows what the change does to one file, with line numbers of the new file.",
    """{"path": "src/app.py"}""",
    new ToolParameter("path", ToolParameterType.String, "File, as the diff names it.", true, "file", "filename", "file_path"),
    new ToolParameter("from", ToolParameterType.Integer, "Line of this output to begin with, to read on.", false, "offset", "start"))
{
    private const int MostNames = 50;

    /// <inheritdoc/>
    protected override Task<ToolOutcome> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var path = arguments.Text("path").Trim();
        path = path.StartsWith(workspace + "/", StringComparison.Ordinal) ? path[(workspace.Length + 1)..] : path;
        if (subject.Diff.Find(path) is { } file)
        {
            return Task.FromResult(new ToolOutcome(DiffText.Page(file, arguments.Number("from") ?? 1, options.OutputCharacters)) { Line = $"diff {UntrustedText.Line(path, 100)}" });
        }

        var names = subject.Diff.Files.Take(MostNames).Select(one => UntrustedText.Line(one.Path, 200)).ToList();
        return Task.FromResult(new ToolOutcome(
            $"diff: the change does not touch \"{UntrustedText.Line(path, 100)}\". It touches:\n{string.Join('\n', names)}{(subject.Diff.Files.Count > MostNames ? $"\nand {subject.Diff.Files.Count - MostNames} more" : "")}",
            IsError: true));
    }
}
