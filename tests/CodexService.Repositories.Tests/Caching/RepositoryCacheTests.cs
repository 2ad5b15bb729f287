using CodexService.Testing;

namespace CodexService.Repositories.Tests.Caching;

public sealed class RepositoryCacheTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("codex-test-paths-");

    public void Dispose()
    {
        _fixture.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Ensure_PathDoesNotExist_SaysSo() =>
        await RefusedAsync(Path.Combine(_folder.FullName, "nowhere"), RepositoryErrorKind.NotFound, "does not exist");

    [Fact]
    public async Task Ensure_EmptyFolder_SaysSo() =>
        await RefusedAsync(_folder.FullName, RepositoryErrorKind.EmptyFolder, "is empty");

    [Fact]
    public async Task Ensure_FolderWithoutRepository_SaysSo()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "file"), "x");
        await RefusedAsync(_folder.FullName, RepositoryErrorKind.NotARepository, "is not a git repository");
    }

    [Fact]
    public async Task Ensure_File_SaysSo()
    {
        var file = Path.Combine(_folder.FullName, "file");
        await File.WriteAllTextAsync(file, "x");
        await RefusedAsync(file, RepositoryErrorKind.NotARepository, "is a file");
    }

    [Fact]
    public async Task Ensure_FolderInsideRepository_NamesItsRoot()
    {
        using var repository = await TestRepository.CreateAsync(("sub/file", "x"));
        await RefusedAsync(Path.Combine(repository.Path, "sub"), RepositoryErrorKind.NotARepository, $"give {repository.Path} instead");
    }

    [Fact]
    public async Task Ensure_BrokenRepository_SaysSo()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, ".git"));
        await RefusedAsync(_folder.FullName, RepositoryErrorKind.NotARepository, "cannot be read as a git repository");
    }

    [Fact]
    public async Task Ensure_NoCommits_SaysSo()
    {
        using var repository = await TestRepository.CreateAsync();
        await RefusedAsync(repository.Path, RepositoryErrorKind.NoCommits, "has no commits yet");
    }

    [Fact]
    public async Task Ensure_RemoteUnreachable_SaysSoInOneLine() =>
        await RefusedAsync("http://127.0.0.1:9/none.git", RepositoryErrorKind.Unreachable, "cannot be reached");

    [Fact]
    public async Task Ensure_BranchMovedDeletedAndAdded_CopyFollows()
    {
        using var repository = await TestRepository.CreateAsync(("a", "1"));
        await repository.GitAsync("branch", "topic");
        var address = RepositoryAddress.Parse(repository.Path);
        await _fixture.Cache.EnsureAsync(address, default);

        var second = await repository.CommitAsync("second", ("a", "2"));
        await repository.GitAsync("branch", "-D", "topic");
        await repository.GitAsync("branch", "topic/nested");
        var copy = await _fixture.Cache.EnsureAsync(address, default);

        Assert.Equal(["main", "topic/nested"], copy.Listing.Branches.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(second, copy.Listing.Branches["main"]);
        Assert.Equal(second, (await TestRepository.GitInAsync(copy.GitDirectory, "rev-parse", "refs/heads/topic/nested")).Trim());
    }

    [Fact]
    public async Task Ensure_NothingChanged_DoesNotFetchAgain()
    {
        using var repository = await TestRepository.CreateAsync(("a", "1"));
        var address = RepositoryAddress.Parse(repository.Path);
        var copy = await _fixture.Cache.EnsureAsync(address, default);
        var marker = new FileInfo(Path.Combine(copy.GitDirectory, "codex-listing")).LastWriteTimeUtc;

        await _fixture.Cache.EnsureAsync(address, default);

        Assert.Equal(marker, new FileInfo(Path.Combine(copy.GitDirectory, "codex-listing")).LastWriteTimeUtc);
    }

    [Fact]
    public async Task Ensure_ManyAtOnceFromTwoCaches_AllSucceed()
    {
        using var repository = await TestRepository.CreateAsync(("a", "1"));
        using var other = new RepositoryFixture(options => options.Folder = _fixture.Options.Folder);
        var address = RepositoryAddress.Parse(repository.Path);

        var copies = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => (i % 2 == 0 ? _fixture : other).Cache.EnsureAsync(address, default)));

        Assert.All(copies, copy => Assert.Equal("main", copy.Listing.DefaultBranch));
    }

    [Fact]
    public async Task Ensure_StaleLockOfKilledGit_IsRemoved()
    {
        using var repository = await TestRepository.CreateAsync(("a", "1"));
        var address = RepositoryAddress.Parse(repository.Path);
        var copy = await _fixture.Cache.EnsureAsync(address, default);
        await File.WriteAllTextAsync(Path.Combine(copy.GitDirectory, "refs", "heads", "main.lock"), "");
        var second = await repository.CommitAsync("second", ("a", "2"));

        copy = await _fixture.Cache.EnsureAsync(address, default);

        Assert.Equal(second, copy.Listing.Branches["main"]);
        Assert.Equal(second, (await _fixture.Checkout.ResolveAsync(address, null, default)).Commit);
    }

    [Fact]
    public async Task Ensure_DamagedCopy_IsMadeAnew()
    {
        using var repository = await TestRepository.CreateAsync(("a", "1"));
        var address = RepositoryAddress.Parse(repository.Path);
        var copy = await _fixture.Cache.EnsureAsync(address, default);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(copy.GitDirectory, "objects"), "*", SearchOption.AllDirectories))
        {
            File.Delete(file);
        }

        var resolved = await _fixture.Checkout.ResolveAsync(address, null, default);

        using var tar = new MemoryStream();
        await _fixture.Checkout.WriteTarAsync(address, resolved.Commit, tar, default);
        Assert.NotEqual(0, tar.Length);
    }

    private async Task RefusedAsync(string path, RepositoryErrorKind kind, string text)
    {
        var error = await Assert.ThrowsAsync<RepositoryException>(() => _fixture.Cache.EnsureAsync(RepositoryAddress.Parse(path), default));
        Assert.Equal(kind, error.Kind);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
