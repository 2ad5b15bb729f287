using System.Net.Http.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Client;

/// <content>Reviews of pull requests.</content>
internal sealed partial class CodexClient
{
    /// <summary>Sends a review; a repetition on the way is one review still.</summary>
    public async Task<ReviewInfo> ReviewAsync(int number, SubmitReviewRequest review, CancellationToken cancellationToken)
    {
        var key = Guid.NewGuid().ToString("N");
        using var response = await SendAsync(
            safe,
            () =>
            {
                var request = Request(HttpMethod.Post, $"/api/pull-requests/{number}/reviews");
                request.Headers.Add("Idempotency-Key", key);
                request.Content = JsonContent.Create(review, options: JsonConventions.Options);
                return request;
            },
            cancellationToken);
        return await ReadAsync<ReviewInfo>(response, cancellationToken);
    }
}
