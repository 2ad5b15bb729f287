namespace CodexService.Repositories.Git;

/// <summary>Credentials for reading repositories whose address holds none. Implementations are thread-safe and remember what they found.</summary>
public interface IReadCredentials
{
    /// <summary>An access token; <see langword="null"/> for none. Never throws for a way that does not answer: git says then that it was not let in.</summary>
    ValueTask<string?> TokenAsync(RepositoryAddress address, CancellationToken cancellationToken);
}

/// <summary>What git itself is set up with (<see cref="RepositoryOptions"/>) has to do.</summary>
internal sealed class NoReadCredentials : IReadCredentials
{
    public ValueTask<string?> TokenAsync(RepositoryAddress address, CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);
}
