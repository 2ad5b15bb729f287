using System.Text;
using CodexService.Repositories.Git;
using CodexService.Repositories.Patches;

namespace CodexService.Repositories.Publishing;

/// <summary>Makes trees in the cache with an index of their own: there is no work tree anywhere.</summary>
internal sealed class IndexedTree(GitRunner git)
{
    /// <summary>The tree of a commit with a patch applied.</summary>
    /// <exception cref="RepositoryException">There is no such commit, or the patch does not apply.</exception>
    public Task<string> ApplyAsync(string directory, string commit, string patch, CancellationToken cancellationToken) =>
        WriteAsync(
            directory,
            commit,
            async environment =>
            {
                var apply = await git.RunAsync(
                    new GitCommand("apply", "--cached", "--whitespace=nowarn", "-p1", "-")
                    {
                        GitDirectory = directory,
                        Environment = environment,
                        Input = Encoding.UTF8.GetBytes(patch),
                    },
                    cancellationToken);
                if (!apply.Succeeded)
                {
                    throw new RepositoryException(RepositoryErrorKind.PatchRefused, $"the patch does not apply to {commit[..12]}: {apply.ErrorLine}");
                }
            },
            cancellationToken);

    /// <summary>The tree of a commit with these paths changed.</summary>
    /// <exception cref="RepositoryException">There is no such commit.</exception>
    public Task<string> ChangeAsync(string directory, string commit, IEnumerable<ChangedPath> changes, CancellationToken cancellationToken) =>
        WriteAsync(
            directory,
            commit,
            // git takes a mode of zeros for a deletion.
            environment => git.RunCheckedAsync(
                new GitCommand("update-index", "-z", "--index-info")
                {
                    GitDirectory = directory,
                    Environment = environment,
                    Input = Encoding.UTF8.GetBytes(string.Concat(changes.Select(change => $"{change.Mode ?? "0"} {change.Blob ?? new string('0', commit.Length)}\t{change.Path}\0"))),
                },
                cancellationToken),
            cancellationToken);

    private async Task<string> WriteAsync(
        string directory, string commit, Func<IReadOnlyDictionary<string, string>, Task> change, CancellationToken cancellationToken)
    {
        var temporary = Directory.CreateTempSubdirectory("codex-index-");
        try
        {
            var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["GIT_INDEX_FILE"] = Path.Combine(temporary.FullName, "index") };
            var read = await git.RunAsync(
                new GitCommand("read-tree", "--end-of-options", commit + "^{tree}") { GitDirectory = directory, Environment = environment },
                cancellationToken);
            if (!read.Succeeded)
            {
                throw new RepositoryException(RepositoryErrorKind.UnknownRef, $"the repository has no commit {PathRules.Show(commit)} (any more): {read.ErrorLine}");
            }

            await change(environment);
            return (await git.RunCheckedAsync(new GitCommand("write-tree") { GitDirectory = directory, Environment = environment }, cancellationToken)).Text.Trim();
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }
}
