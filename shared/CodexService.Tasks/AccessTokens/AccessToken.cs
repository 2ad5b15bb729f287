namespace CodexService.Tasks.AccessTokens;

/// <summary>An API token, as stored: the hash alone.</summary>
public sealed class AccessToken
{
    /// <summary>Identity.</summary>
    public Guid Id { get; private init; } = Guid.CreateVersion7();

    /// <summary>What it is for.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the token; the token itself has 256 random bits, so a slow hash adds nothing.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; private set; }
}
