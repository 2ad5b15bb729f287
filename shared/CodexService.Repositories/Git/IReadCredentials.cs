namespace CodexService.Repositories.Git;

/// <summary>Credentials for reading repositories whose address holds none. Implementations are thread-safe and remember what they found.</summary>
public interface IReadCredentials
{
    /// <summary>What there is to read with. Never throws for a way that does not answer: a public repository needs none.</summary>
    ValueTask<ReadAccess> FindAsync(RepositoryAddress address, CancellationToken cancellationToken);
}

/// <summary>What there is to read a repository with.</summary>
/// <param name="Token">An access token; <see langword="null"/> for none.</param>
public sealed record ReadAccess(string? Token)
{
    /// <summary>Neither a token nor the hope of one.</summary>
    public static ReadAccess None { get; } = new((string?)null);

    /// <summary>Why no token could be had at this moment, though there may be one later: one line for people; <see langword="null"/> otherwise.</summary>
    public string? Missing { get; init; }

    /// <summary>Without the token, whatever prints it.</summary>
    public override string ToString() => Token is null ? "no token" : "a token";
}

/// <summary>What git itself is set up with (<see cref="RepositoryOptions"/>) has to do.</summary>
internal sealed class NoReadCredentials : IReadCredentials
{
    public ValueTask<ReadAccess> FindAsync(RepositoryAddress address, CancellationToken cancellationToken) => ValueTask.FromResult(ReadAccess.None);
}
