using System.Text.Json.Nodes;

namespace CodexService.Agent.Tools;

/// <summary><c>search</c>: lines of the repository that hold a text.</summary>
internal sealed class SearchTool(ToolProgram program, ToolboxOptions options) : AgentTool(
    "search",
    "Finds text in the files of the repository (ignored files left out). Shows file, line number and line.",
    """{"pattern": "def load_config", "path": "src"}""",
    new ToolParameter("pattern", ToolParameterType.String, "Text to find, case-sensitive.", true, "query", "text", "find", "regex_pattern"),
    new ToolParameter("path", ToolParameterType.String, "Folder or file to look in. Default: everywhere.", false, "directory", "file", "file_path"),
    new ToolParameter("regex", ToolParameterType.Boolean, "Whether pattern is a regular expression.", false, "is_regex"))
{
    /// <inheritdoc/>
    protected override Task<ToolOutcome> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken) => program.InvokeAsync(
        new JsonObject
        {
            ["tool"] = "search",
            ["pattern"] = arguments.Text("pattern"),
            ["path"] = arguments.OptionalText("path"),
            ["regex"] = arguments.Flag("regex"),
            ["limit"] = options.SearchLines,
        },
        cancellationToken);
}
