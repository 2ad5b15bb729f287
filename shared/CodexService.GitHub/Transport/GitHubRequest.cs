namespace CodexService.GitHub.Transport;

/// <summary>One call of the REST API.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Relative to the API's address, without a leading slash.</param>
/// <param name="Does">What it is for, as the object of "GitHub refused to …", for example <c>open the pull request</c>.</param>
internal sealed record GitHubRequest(HttpMethod Method, string Path, string Does)
{
    /// <summary>Sent as JSON.</summary>
    public object? Body { get; init; }

    /// <summary>
    /// Whether a repetition after an unknown outcome does no harm. Default: everything but POST. True also for POSTs that
    /// make the same thing again, as git objects are.
    /// </summary>
    public bool IsRepeatable { get; init; } = Method != HttpMethod.Post;

    /// <summary>Whether it counts against the limit on creating content.</summary>
    public bool CreatesContent { get; init; } = Method != HttpMethod.Get && Method != HttpMethod.Head;
}

/// <summary>A successful answer.</summary>
/// <param name="Body">The JSON text; empty when there was none.</param>
/// <param name="Next">Address of the next page, if there is one.</param>
internal sealed record GitHubAnswer(byte[] Body, Uri? Next)
{
    /// <summary>Address of the last page, where it is told.</summary>
    public Uri? Last { get; init; }

    /// <summary>When the personal token ends that was sent, where GitHub tells.</summary>
    public DateTimeOffset? TokenExpires { get; init; }
}
