using CodexService.Agent.Reviews;

namespace CodexService.Agent.Tools;

/// <summary><c>submit</c> of a review: ends the work with the comments that were made and a summary.</summary>
internal sealed class SubmitReviewTool(ReviewDraft draft) : AgentTool(
    "submit",
    "Ends the review. All comments have to be made before, with comment.",
    """{"summary": "Adds paging to the list of users. The last page is cut short; the rest reads well."}""",
    new ToolParameter("summary", ToolParameterType.String, "What the change does and your judgement of it, a few sentences of Markdown.", true, "answer", "text", "body", "message", "description"))
{
    private const int LongestSummary = 6000;

    /// <inheritdoc/>
    protected override Task<ToolOutcome> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var summary = UntrustedText.Clean(arguments.Text("summary")).Trim();
        if (summary.Length == 0)
        {
            return Task.FromResult(new ToolOutcome("submit: \"summary\" is empty. Say what the change does and what you think of it.", IsError: true));
        }

        if (summary.Length > LongestSummary)
        {
            return Task.FromResult(new ToolOutcome($"submit: the summary has {summary.Length:N0} characters; at most {LongestSummary:N0} are taken. What concerns single lines belongs into comment.", IsError: true));
        }

        var review = draft.Finish(summary);
        return Task.FromResult(new ToolOutcome($"Review taken: {review.Remarks.Count} comment{(review.Remarks.Count == 1 ? "" : "s")}.")
        {
            Submission = new Submission("", summary) { Review = review },
        });
    }
}
