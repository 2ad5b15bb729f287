using System.Text.Json.Nodes;

namespace CodexService.Agent.Tools;

/// <summary><c>write</c>: a whole file.</summary>
internal sealed class WriteTool(ToolProgram program, ToolboxOptions options, WorkProgress progress) : AgentTool(
    "write",
    "Writes a whole file; folders are created. Best for new files and for files of up to 150 lines; use edit for longer ones.",
    """{"path": "src/app.py", "content": "def add(a, b):\n    return a + b\n"}""",
    new ToolParameter("path", ToolParameterType.String, "File, relative to the repository root.", true, "file_path", "file", "filename"),
    new ToolParameter("content", ToolParameterType.String, "All of the file.", true, "text", "file_text", "contents"))
{
    /// <inheritdoc/>
    protected override async Task<ToolOutcome> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var outcome = await program.InvokeAsync(
            new JsonObject
            {
                ["tool"] = "write",
                ["path"] = arguments.Text("path"),
                ["content"] = arguments.Text("content"),
                ["limit"] = options.EditableFileBytes,
            },
            cancellationToken);
        progress.Note(outcome);
        return outcome;
    }
}
