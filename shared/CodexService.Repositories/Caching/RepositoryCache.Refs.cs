using System.Security.Cryptography;
using System.Text;
using CodexService.Repositories.Git;

namespace CodexService.Repositories.Caching;

/// <content>What no branch or tag holds: heads of pull requests, commits of forks.</content>
internal sealed partial class RepositoryCache
{
    /// <summary>Fetches one ref or commit by its full name and keeps it in the copy.</summary>
    /// <param name="address">Repository.</param>
    /// <param name="name">A full ref such as <c>refs/pull/7/head</c>, or a full commit id; checked by the caller.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The commit.</returns>
    /// <exception cref="RepositoryException">There is no such ref, or the repository cannot be reached.</exception>
    public async Task<string> FetchRefAsync(RepositoryAddress address, string name, CancellationToken cancellationToken)
    {
        var directory = DirectoryOf(address);
        if (!Directory.Exists(directory))
        {
            await EnsureAsync(address, cancellationToken);
        }

        // By its hash: a foreign name could be both a file and a folder beside another one.
        var kept = $"refs/codex/kept/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..40]}";
        using var exclusive = await CacheLock.AcquireAsync(directory + ".lock", time, options.Value.TransferTimeout, cancellationToken);
        var (reached, missing) = await WithAccessAsync(address, cancellationToken);
        var fetched = await git.RunAsync(
            new GitCommand(
            [
                "fetch", "--quiet", "--force", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules",
                .. LocalSender.Arguments(address), "--", address.Value, $"+{name}:{kept}",
            ])
            {
                GitDirectory = directory,
                Environment = RemoteAccess.Environment(reached),
                Timeout = options.Value.TransferTimeout,
            },
            cancellationToken);
        if (!fetched.Succeeded)
        {
            throw IsMissing(fetched.StandardError)
                ? new RepositoryException(RepositoryErrorKind.UnknownRef, $"{address} has no '{name}'; check the name of the ref")
                : Unreachable($"'{name}' of {address} cannot be fetched", fetched.ErrorLine, missing);
        }

        var commit = await git.RunAsync(new GitCommand("rev-parse", "--verify", "--quiet", "--end-of-options", kept + "^{commit}") { GitDirectory = directory }, cancellationToken);
        return commit.Succeeded
            ? commit.Text.Trim()
            : throw new RepositoryException(RepositoryErrorKind.UnknownRef, $"'{name}' of {address} is no commit");
    }

    private static bool IsMissing(string error) =>
        error.Contains("couldn't find remote ref", StringComparison.Ordinal) || error.Contains("not our ref", StringComparison.Ordinal) || error.Contains("no such remote ref", StringComparison.Ordinal);
}
