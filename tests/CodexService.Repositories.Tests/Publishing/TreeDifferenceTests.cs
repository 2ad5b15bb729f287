using CodexService.Repositories.Patches;
using CodexService.Repositories.Publishing;
using CodexService.Testing;

namespace CodexService.Repositories.Tests.Publishing;

/// <summary>The second gate on trees that no patch text would get past the first one.</summary>
public sealed class TreeDifferenceTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("120000 blob {0}\tlink", "symlink")]
    [InlineData("160000 commit {1}\tmodule", "submodule")]
    [InlineData("100755 blob {0}\ta.py", "mode")]
    [InlineData("100644 blob {0}\t.GIT", "git's own files")]
    [InlineData("100644 blob {0}\tgit~1", "git's own files")]
    [InlineData("100644 blob {0}\t..", "leaves the repository")]
    [InlineData("100644 blob {2}\tlarge", "at most")]
    [InlineData("100644 blob {0}\ta.py", "changes nothing")]
    public async Task Check_ForbiddenEntry_IsRefused(string entry, string reason)
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        repository.Write(".git/large", new string('x', 5000));
        var (blob, commit) = (await repository.HeadAsync("HEAD:a.py"), await repository.HeadAsync());
        var large = (await repository.GitAsync("hash-object", "-w", ".git/large")).Trim();
        var line = string.Format(null, System.Text.CompositeFormat.Parse(entry), blob, commit, large);
        var lines = entry.EndsWith("a.py", StringComparison.Ordinal) ? line : $"{line}\n100644 blob {blob}\ta.py";
        repository.Write(".git/entries", lines + "\n");
        var tree = (await repository.GitAsync("-c", "alias.tree=!git mktree < .git/entries", "tree")).Trim();

        var error = await Assert.ThrowsAsync<RepositoryException>(() => new TreeDifference(_fixture.Git).CheckAsync(
            Path.Combine(repository.Path, ".git"), commit, tree, new PatchLimits { MaxFileBytes = 1000 }, default));

        Assert.Equal(RepositoryErrorKind.PatchRefused, error.Kind);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
