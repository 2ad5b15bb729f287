using CodexService.Repositories.Git;
using Microsoft.Extensions.Options;

namespace CodexService.Repositories.Caching;

/// <summary>
/// One bare repository per address, brought up to date on every use. The repository is asked for its branches first
/// (a few milliseconds for a local one); only a changed answer fetches. Nothing is ever pruned from the copy's objects, so a commit
/// that a running task started from stays readable. Thread-safe, and safe across processes that share the folder.
/// </summary>
internal sealed partial class RepositoryCache(GitRunner git, IOptions<RepositoryOptions> options, TimeProvider time, IReadCredentials credentials)
{
    private const string ListingFile = "codex-listing";
    private static readonly TimeSpan RepetitionPause = TimeSpan.FromSeconds(1);

    /// <summary>Brings the copy of <paramref name="address"/> up to date.</summary>
    /// <exception cref="RepositoryException">It is no repository, has no commits, or cannot be reached.</exception>
    public async Task<CachedRepository> EnsureAsync(RepositoryAddress address, CancellationToken cancellationToken)
    {
        if (address.IsLocal)
        {
            LocalPath.EnsureRepository(address.Value);
        }

        var answer = await ListAsync(address, cancellationToken);
        var listing = RemoteListing.Parse(answer.Span);
        if (listing.DefaultBranch is null)
        {
            throw new RepositoryException(RepositoryErrorKind.NoCommits, $"{address} has no commits yet; commit something first");
        }

        var directory = DirectoryOf(address);
        var listingFile = Path.Combine(directory, ListingFile);
        if (!await HoldsAsync(listingFile, answer, cancellationToken))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(directory)!);
            using var exclusive = await CacheLock.AcquireAsync(directory + ".lock", time, options.Value.TransferTimeout, cancellationToken);
            if (!await HoldsAsync(listingFile, answer, cancellationToken))
            {
                await FetchAsync(address, directory, listing, cancellationToken);
                await WriteListingAsync(listingFile, answer, cancellationToken);
            }
        }

        return new CachedRepository(address, directory, listing);
    }

    /// <summary>Makes the next <see cref="EnsureAsync"/> fetch even when nothing seems to have changed.</summary>
    public void Distrust(RepositoryAddress address) => File.Delete(Path.Combine(DirectoryOf(address), ListingFile));

    /// <summary>Where the copy of <paramref name="address"/> is or will be.</summary>
    public string DirectoryOf(RepositoryAddress address) =>
        Path.Combine(options.Value.FolderOrDefault(), $"{address.CacheKey}.git");

    private async ValueTask<(RepositoryAddress Address, string? Missing)> WithAccessAsync(RepositoryAddress address, CancellationToken cancellationToken)
    {
        if (address.HasCredentials)
        {
            return (address, null);
        }

        var access = await credentials.FindAsync(address, cancellationToken);
        return (access.Token is { } token ? address.WithToken(token) : address, access.Missing);
    }

    // Without the token that was not to be had, git's own words would blame the credentials.
    private static RepositoryException Unreachable(string what, string errorLine, string? missing) => missing is null
        ? new RepositoryException(RepositoryErrorKind.Unreachable, $"{what}: {errorLine}; check the address, the network and the credentials") { IsPassing = PassingFailure.Is(errorLine) }
        : new RepositoryException(RepositoryErrorKind.Unreachable, $"{what}: {errorLine}; it was tried without a token, for {missing}") { IsPassing = true };

    private async Task<ReadOnlyMemory<byte>> ListAsync(RepositoryAddress address, CancellationToken cancellationToken)
    {
        var (reached, missing) = await WithAccessAsync(address, cancellationToken);
        var command = new GitCommand("ls-remote", "--symref", "--", address.Value, "HEAD", "refs/heads/*", "refs/tags/*")
        {
            Environment = RemoteAccess.Environment(reached),
            Timeout = options.Value.ListTimeout,
        };
        var result = await AskAsync(address, command, cancellationToken);
        if (!result.Succeeded && !address.IsLocal && PassingFailure.Is(result.ErrorLine))
        {
            // A whole attempt must not end for one connection that broke.
            await Task.Delay(RepetitionPause, time, cancellationToken);
            result = await AskAsync(address, command, cancellationToken);
        }

        if (!result.Succeeded)
        {
            throw address.IsLocal
                ? new RepositoryException(RepositoryErrorKind.NotARepository, $"{address} cannot be read as a git repository: {result.ErrorLine}")
                : Unreachable($"{address} cannot be reached", result.ErrorLine, missing);
        }

        return result.Output;
    }

    // A host that says nothing may answer later; a transfer that did not fit into its time would not fit the next time either.
    private async Task<GitResult> AskAsync(RepositoryAddress address, GitCommand command, CancellationToken cancellationToken)
    {
        try
        {
            return await git.RunAsync(command, cancellationToken);
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.Unreachable && !address.IsLocal)
        {
            throw new RepositoryException(e.Kind, e.Message, e) { IsPassing = true };
        }
    }

    private async Task FetchAsync(RepositoryAddress address, string directory, RemoteListing listing, CancellationToken cancellationToken)
    {
        await BareRepository.CreateAsync(directory, cancellationToken);
        List<string> arguments =
        [
            "fetch", "--quiet", "--force", "--prune", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules",
            .. LocalSender.Arguments(address), "--", address.Value, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*",
        ];
        if (listing.Head is not null)
        {
            // A detached HEAD may point to a commit that no branch holds.
            arguments.Add("+HEAD:refs/codex/head");
        }

        var (reached, missing) = await WithAccessAsync(address, cancellationToken);
        var command = new GitCommand(arguments)
        {
            GitDirectory = directory,
            Environment = RemoteAccess.Environment(reached),
            Timeout = options.Value.TransferTimeout,
        };
        var result = await git.RunAsync(command, cancellationToken);
        if (!result.Succeeded)
        {
            // A fetch that was killed may have left git's own lock files. We hold the folder's lock, so no fetch runs.
            BareRepository.RemoveStaleLocks(directory);
            result = await git.RunAsync(command, cancellationToken);
        }

        if (!result.Succeeded && await IsDamagedAsync(directory, cancellationToken))
        {
            BareRepository.Discard(directory);
            await BareRepository.CreateAsync(directory, cancellationToken);
            result = await git.RunAsync(command, cancellationToken);
        }

        if (!result.Succeeded)
        {
            throw Unreachable($"{address} cannot be fetched", result.ErrorLine, missing);
        }
    }

    private async Task<bool> IsDamagedAsync(string directory, CancellationToken cancellationToken)
    {
        var check = await git.RunAsync(new GitCommand("rev-list", "--all", "--objects", "--quiet") { GitDirectory = directory, Timeout = options.Value.TransferTimeout }, cancellationToken);
        return !check.Succeeded;
    }

    private static async Task<bool> HoldsAsync(string file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        try
        {
            return (await File.ReadAllBytesAsync(file, cancellationToken)).AsSpan().SequenceEqual(content.Span);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    private static async Task WriteListingAsync(string file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var temporary = file + ".new";
        await File.WriteAllBytesAsync(temporary, content, cancellationToken);
        File.Move(temporary, file, overwrite: true);
    }
}
