using System.Text.Json.Nodes;

namespace CodexService.Agent.Tools;

/// <summary><c>edit</c>: replaces one piece of a file, found by its text.</summary>
internal sealed class EditTool(ToolProgram program, ToolboxOptions options, WorkProgress progress) : AgentTool(
    "edit",
    "Replaces text in a file. old must be copied from the file, without line numbers, and be found exactly once. "
    + "An edit that breaks the syntax of the file is not applied.",
    """{"path": "src/app.py", "old": "    return a - b", "new": "    return a + b"}""",
    new ToolParameter("path", ToolParameterType.String, "File, relative to the repository root.", true, "file_path", "file", "filename"),
    new ToolParameter("old", ToolParameterType.String, "The text to replace. Empty: create the file.", true, "old_string", "old_str", "old_text", "search"),
    new ToolParameter("new", ToolParameterType.String, "The text to put there. Empty: delete old.", true, "new_string", "new_str", "new_text", "replace"),
    new ToolParameter("all", ToolParameterType.Boolean, "Replace every place where old is found.", false, "replace_all"))
{
    /// <inheritdoc/>
    protected override async Task<ToolOutcome> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var outcome = await program.InvokeAsync(
            new JsonObject
            {
                ["tool"] = "edit",
                ["path"] = arguments.Text("path"),
                ["old"] = arguments.Text("old"),
                ["new"] = arguments.Text("new"),
                ["all"] = arguments.Flag("all") ?? false,
                ["limit"] = options.EditableFileBytes,
            },
            cancellationToken);
        progress.Note(outcome);
        return outcome;
    }
}
