using System.Net.Http.Headers;

namespace CodexService.GitHub.Transport;

/// <summary>
/// Answers by address and credentials, for conditional requests: a 304 does not count against the rate limit
/// (docs.github.com, "Best practices for using the REST API"). The oldest go first. Thread-safe.
/// </summary>
internal sealed class AnswerCache(int capacity)
{
    private const int LargestAnswer = 1 << 20;

    private readonly Lock gate = new();
    private readonly Dictionary<(Uri, string?), (EntityTagHeaderValue Tag, GitHubAnswer Answer)> answers = [];
    private readonly Queue<(Uri, string?)> order = new();

    public (EntityTagHeaderValue Tag, GitHubAnswer Answer)? Find(Uri address, string? token)
    {
        lock (gate)
        {
            return answers.TryGetValue((address, token), out var found) ? found : null;
        }
    }

    public void Keep(Uri address, string? token, EntityTagHeaderValue? tag, GitHubAnswer answer)
    {
        if (tag is null || capacity == 0 || answer.Body.Length > LargestAnswer)
        {
            return;
        }

        lock (gate)
        {
            if (!answers.ContainsKey((address, token)))
            {
                order.Enqueue((address, token));
                if (order.Count > capacity)
                {
                    answers.Remove(order.Dequeue());
                }
            }

            answers[(address, token)] = (tag, answer);
        }
    }
}
