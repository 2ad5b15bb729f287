using CodexService.Agent.Reviews;

namespace CodexService.Agent.Tools;

/// <summary>
/// <c>comment</c> of a review: one comment on lines of the diff, checked at once. One call each, because small models get lists
/// of objects wrong.
/// </summary>
internal sealed class CommentTool(ReviewDraft draft) : AgentTool(
    "comment",
    "Adds one comment on lines of the new file that the diff shows.",
    """{"path": "src/app.py", "line": 12, "severity": "major", "body": "An empty list divides by zero here."}""",
    new ToolParameter("path", ToolParameterType.String, "File, as the diff names it.", true, "file", "filename", "file_path"),
    new ToolParameter("line", ToolParameterType.Integer, "Line number in the new file; of several lines the last.", true, "end_line", "line_number"),
    new ToolParameter("severity", ToolParameterType.String, "blocker, major, minor or nit.", true, "level", "priority"),
    new ToolParameter("body", ToolParameterType.String, "What is wrong, why, and what to do; short Markdown.", true, "comment", "text", "message", "description"),
    new ToolParameter("start_line", ToolParameterType.Integer, "First of several lines.", false, "start"),
    new ToolParameter("suggestion", ToolParameterType.String, "Code that replaces exactly these lines, indentation included; only when it is sure.", false, "replacement", "suggested_code"))
{
    /// <inheritdoc/>
    protected override Task<ToolOutcome> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        if (Severity(arguments.Text("severity")) is not { } severity)
        {
            return Task.FromResult(new ToolOutcome("comment: \"severity\" is blocker, major, minor or nit.", IsError: true));
        }

        var (text, isError) = draft.Add(new BrainRemark(
            arguments.Text("path"),
            arguments.Number("line")!.Value,
            arguments.Number("start_line"),
            severity,
            arguments.Text("body"),
            arguments.OptionalText("suggestion")));
        return Task.FromResult(new ToolOutcome(text, isError));
    }

    private static RemarkSeverity? Severity(string word) => word.Trim().ToUpperInvariant() switch
    {
        "BLOCKER" or "CRITICAL" => RemarkSeverity.Blocker,
        "MAJOR" or "HIGH" or "ERROR" => RemarkSeverity.Major,
        "MINOR" or "MEDIUM" or "LOW" or "WARNING" => RemarkSeverity.Minor,
        "NIT" or "STYLE" or "TRIVIAL" => RemarkSeverity.Nit,
        _ => null,
    };
}
