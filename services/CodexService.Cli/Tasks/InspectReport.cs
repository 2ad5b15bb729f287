using System.Globalization;
using System.Text;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Tasks;

/// <summary>What <c>codex inspect</c> writes.</summary>
internal sealed record InspectReport(Guid TaskId, TaskState State, string? Reason, ReviewResult? Review)
{
    /// <summary>For <c>--json</c>.</summary>
    public static InspectReport Of(TaskDetail task) => new(task.Summary.Id, task.Summary.State, task.Summary.Reason, task.Review);

    /// <summary>For people: summary, comments, what the tests say.</summary>
    public static string Markdown(ReviewResult review)
    {
        var text = new StringBuilder(review.Summary.Trim()).Append('\n');
        foreach (var remark in review.Comments)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{remark.Path}:{(remark.StartLine is { } start ? $"{start}-" : "")}{remark.Line} {remark.Severity.ToString().ToLowerInvariant()}\n");
            Indent(text, remark.Body);
            if (remark.Suggestion is { } suggestion)
            {
                text.Append(suggestion.Length == 0 ? "  suggestion: delete these lines\n" : "  suggestion:\n");
                Indent(text, suggestion, "    ");
            }
        }

        text.Append("\nTests: ").Append(review.Evidence?.Conclusion ?? $"not run, {review.EvidenceNote}").Append('\n');
        foreach (var test in review.Evidence?.NewlyFailing ?? [])
        {
            text.Append("  newly failing: ").Append(test).Append('\n');
        }

        return text.ToString().TrimEnd();
    }

    private static void Indent(StringBuilder text, string lines, string by = "  ")
    {
        foreach (var line in lines.Length == 0 ? [] : lines.Split('\n'))
        {
            text.Append(by).Append(line.TrimEnd()).Append('\n');
        }
    }
}
