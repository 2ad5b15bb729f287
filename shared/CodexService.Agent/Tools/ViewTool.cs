using System.Text.Json.Nodes;

namespace CodexService.Agent.Tools;

/// <summary><c>view</c>: part of a file with line numbers, matches inside a file, or a folder.</summary>
internal sealed class ViewTool(ToolProgram program) : AgentTool(
    "view",
    "Shows a file with line numbers (at most 100 lines a call), or lists a folder. With find, shows the matching lines of the file.",
    """{"path": "src/app.py", "start": 40, "lines": 60}""",
    new ToolParameter("path", ToolParameterType.String, "File or folder, relative to the repository root.", true, "file_path", "file", "filename", "directory"),
    new ToolParameter("start", ToolParameterType.Integer, "First line. Default 1.", false, "start_line", "offset", "line"),
    new ToolParameter("lines", ToolParameterType.Integer, "How many lines. Default and most: 100.", false, "limit", "count"),
    new ToolParameter("find", ToolParameterType.String, "Text to find in the file.", false, "query", "pattern", "search"))
{
    /// <inheritdoc/>
    protected override Task<ToolOutcome> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken) => program.InvokeAsync(
        new JsonObject
        {
            ["tool"] = "view",
            ["path"] = arguments.Text("path"),
            ["start"] = arguments.Number("start"),
            ["lines"] = arguments.Number("lines"),
            ["find"] = arguments.OptionalText("find"),
        },
        cancellationToken);
}
