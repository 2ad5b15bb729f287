using CodexService.Repositories.Caching;
using CodexService.Repositories.Git;

namespace CodexService.Repositories.Inspection;

/// <summary>What a repository is like.</summary>
/// <param name="Address">Normal form, safe to show.</param>
/// <param name="DefaultBranch">Branch that HEAD names.</param>
/// <param name="Branches">Branch names, default first, at most 500.</param>
/// <param name="TestCommand">A guess from the files at the default branch, or <see langword="null"/>.</param>
/// <param name="TestCommandWhy">What the guess rests on, for people; <see langword="null"/> without a guess.</param>
public sealed record InspectedRepository(
    string Address,
    string DefaultBranch,
    IReadOnlyList<string> Branches,
    string? TestCommand,
    string? TestCommandWhy)
{
    /// <summary>The default branch's commit.</summary>
    public required string Commit { get; init; }

    /// <summary>Whether that commit has Python files; a tree too large to list in full counts as one that has.</summary>
    public required bool HasPython { get; init; }
}

/// <summary>Looks at a repository without making a work tree. Thread-safe.</summary>
public sealed class RepositoryInspector
{
    private const int MaxBranches = 500;
    private const long MaxFileBytes = 256 * 1024;

    private readonly GitRunner _git;
    private readonly RepositoryCache _cache;

    internal RepositoryInspector(GitRunner git, RepositoryCache cache)
    {
        _git = git;
        _cache = cache;
    }

    /// <summary>Brings the cached copy up to date and looks at its default branch.</summary>
    /// <exception cref="RepositoryException">The repository cannot be used; the message is one line that says why.</exception>
    public async Task<InspectedRepository> InspectAsync(RepositoryAddress address, CancellationToken cancellationToken)
    {
        var repository = await _cache.EnsureAsync(address, cancellationToken);
        var branch = repository.Listing.DefaultBranch!;
        var commit = repository.Listing.Branches[branch];
        var files = await CommitFiles.ListAsync(_git, address, repository.GitDirectory, commit, cancellationToken);
        var guess = await GuessAsync(repository.GitDirectory, commit, files, cancellationToken);
        return new InspectedRepository(
            address.Value,
            branch,
            [branch, .. repository.Listing.Branches.Keys.Where(name => name != branch).Take(MaxBranches - 1)],
            guess?.Command,
            guess?.Why)
        {
            Commit = commit,
            HasPython = files.HavePython,
        };
    }

    // A tree too large to list in full is judged by the part that was listed: a guess, not a proof.
    private Task<TestCommandGuess?> GuessAsync(string directory, string commit, CommitFiles files, CancellationToken cancellationToken) =>
        TestCommandGuesser.GuessAsync(files.Paths, path => ReadAsync(directory, commit, path, cancellationToken));

    private async Task<string> ReadAsync(string directory, string commit, string path, CancellationToken cancellationToken)
    {
        var blob = await _git.RunAsync(
            new GitCommand("cat-file", "blob", $"{commit}:{path}") { GitDirectory = directory, MaxOutputBytes = MaxFileBytes },
            cancellationToken);
        return blob.Text;
    }
}
