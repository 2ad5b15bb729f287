using System.Text;

namespace CodexService.Tasks.FollowUps;

/// <summary>Writes the prompt of a follow-up from what people said.</summary>
internal static class FeedbackPrompt
{
    public static string Write(IReadOnlyList<Feedback> said)
    {
        if (said is [{ Comments: [] } only])
        {
            return only.Text;
        }

        var prompt = new StringBuilder("Address this feedback on the pull request.\n");
        foreach (var one in said)
        {
            prompt.Append("\n## ").Append(one.Author).Append('\n');
            if (one.Text.Length > 0)
            {
                prompt.Append('\n').Append(one.Text).Append('\n');
            }

            foreach (var comment in one.Comments)
            {
                prompt.Append("\n### ").Append(comment.Path).Append(comment.Line is { } line ? $":{line}" : "").Append('\n');
                if (comment.Quote.Length > 0)
                {
                    prompt.Append("\n    ").Append(comment.Quote.Replace("\n", "\n    ", StringComparison.Ordinal)).Append('\n');
                }

                prompt.Append('\n').Append(comment.Body).Append('\n');
            }
        }

        return prompt.ToString();
    }
}
