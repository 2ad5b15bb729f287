using System.Text;
using CodexService.Repositories.Git;

namespace CodexService.Repositories.Inspection;

/// <summary>The paths of a commit's files, as git lists them.</summary>
/// <param name="Names">UTF-8, each ended by a zero byte.</param>
/// <param name="IsWhole">Whether these are all; of a very large tree only a part is listed.</param>
internal sealed record CommitFiles(ReadOnlyMemory<byte> Names, bool IsWhole)
{
    private const long MaxNamesBytes = 8L << 20;

    /// <summary>Whether there are Python files; a tree too large to list in full counts as one that has some.</summary>
    public bool HavePython => !IsWhole || Names.Span.IndexOf(".py\0"u8) >= 0;

    /// <summary>The paths.</summary>
    public string[] Paths => Encoding.UTF8.GetString(Names.Span).Split('\0', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Lists them.</summary>
    /// <exception cref="RepositoryException">There is no such commit here.</exception>
    public static async Task<CommitFiles> ListAsync(GitRunner git, RepositoryAddress address, string directory, string commit, CancellationToken cancellationToken)
    {
        var names = await git.RunAsync(
            new GitCommand("ls-tree", "-r", "-z", "--name-only", commit) { GitDirectory = directory, MaxOutputBytes = MaxNamesBytes },
            cancellationToken);
        return names.Succeeded || names.Truncated
            ? new CommitFiles(names.Output, !names.Truncated)
            : throw new RepositoryException(RepositoryErrorKind.UnknownRef, $"{address} has no commit {commit} (any more): {names.ErrorLine}");
    }
}
