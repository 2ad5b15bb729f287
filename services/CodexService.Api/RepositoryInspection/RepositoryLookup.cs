using CodexService.Contracts.Api;
using CodexService.Repositories;
using CodexService.Repositories.Checkout;
using CodexService.Repositories.Inspection;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace CodexService.Api.RepositoryInspection;

/// <summary>
/// Looks at repositories on behalf of submissions. What was found is remembered for a few seconds: a burst of
/// submissions for one repository asks git once. The worker resolves the commit itself, so nothing stale is worked on.
/// </summary>
internal sealed class RepositoryLookup(RepositoryInspector inspector, RepositoryCheckout checkout, IMemoryCache cache, IOptions<ApiOptions> options)
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(10);

    /// <summary>Branches and test command.</summary>
    /// <exception cref="RepositoryException">The repository cannot be used.</exception>
    public Task<InspectedRepository> InspectAsync(string repository, CancellationToken cancellationToken)
    {
        var address = Read(repository);
        return Remember(("inspect", address.Value), async () =>
        {
            var found = await inspector.InspectAsync(address, cancellationToken);
            cache.Set(PythonAt(address, found.Commit), found.HasPython, Remembered);
            return found;
        });
    }

    /// <summary>The normal form of the address and of the base ref.</summary>
    /// <exception cref="RepositoryException">The repository or the ref cannot be used.</exception>
    public async Task<(string Address, string BaseRef)> ResolveAsync(string repository, string? baseRef, CancellationToken cancellationToken)
    {
        var (address, resolved) = await ResolvedAsync(repository, baseRef, cancellationToken);
        return (address.Value, resolved.Ref);
    }

    /// <summary>Whether the base has Python files, which alone can be worked on without a model.</summary>
    /// <exception cref="RepositoryException">The repository or the ref cannot be used.</exception>
    public async Task<bool> HasPythonAsync(string repository, string? baseRef, CancellationToken cancellationToken)
    {
        var (address, resolved) = await ResolvedAsync(repository, baseRef, cancellationToken);
        return await Remember(PythonAt(address, resolved.Commit), () => checkout.HasPythonAsync(address, resolved.Commit, cancellationToken));
    }

    /// <summary>Why the head cannot be reviewed against the base, one line; <see langword="null"/> when it can.</summary>
    public async Task<string?> WhyNotReviewableAsync(string repository, string? baseRef, string headRef, CancellationToken cancellationToken)
    {
        var (address, wanted, head) = (Read(repository), string.IsNullOrWhiteSpace(baseRef) ? null : baseRef.Trim(), headRef.Trim());
        try
        {
            await Remember(("change", address.Value, wanted, head), () => checkout.ResolveChangeAsync(address, wanted, head, cancellationToken));
            return null;
        }
        catch (RepositoryException e)
        {
            return e.Message;
        }
    }

    private async Task<(RepositoryAddress Address, ResolvedBase Resolved)> ResolvedAsync(string repository, string? baseRef, CancellationToken cancellationToken)
    {
        var address = Read(repository);
        var wanted = string.IsNullOrWhiteSpace(baseRef) ? null : baseRef.Trim();
        return (address, await Remember(("resolve", address.Value, wanted), () => checkout.ResolveAsync(address, wanted, cancellationToken)));
    }

    private static object PythonAt(RepositoryAddress address, string commit) => ("python", address.Value, commit);

    private RepositoryAddress Read(string repository)
    {
        var address = RepositoryAddress.Parse(repository.Trim());
        if (address.HasCredentials)
        {
            throw new RepositoryException(
                RepositoryErrorKind.BadAddress,
                "The clone URL holds a password, which is never stored: leave it out and give the service a git credential helper (Repositories:GitConfigFile).");
        }

        return address.IsLocal && !options.Value.AllowLocalRepositories
            ? throw new RepositoryException(RepositoryErrorKind.BadAddress, "This service takes clone URLs only: its workers do not see folders of this machine (Api:AllowLocalRepositories).")
            : address;
    }

    private async Task<T> Remember<T>(object key, Func<Task<T>> find)
    {
        if (cache.TryGetValue(key, out T? known))
        {
            return known!;
        }

        var found = await find();
        cache.Set(key, found, Remembered);
        return found;
    }
}
