namespace CodexService.Tasks.AccessTokens;

/// <summary>A browser that signed in with an API token, as stored: the hash of what its cookie holds.</summary>
public sealed class BrowserSession
{
    /// <summary>SHA-256 of the cookie's value, which has 256 random bits as a token has.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>The token that it was opened with; a token that goes takes its sessions with it.</summary>
    public required Guid TokenId { get; init; }

    /// <summary>When it was opened.</summary>
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>When it ends by itself.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
