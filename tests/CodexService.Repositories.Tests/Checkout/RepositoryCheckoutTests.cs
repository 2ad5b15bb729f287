using System.Formats.Tar;
using System.Text;
using CodexService.Testing;

namespace CodexService.Repositories.Tests.Checkout;

public sealed class RepositoryCheckoutTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Resolve_BranchTagCommitAndNothing_FindsTheCommit()
    {
        using var repository = await TestRepository.CreateAsync(("a", "1"));
        var first = await repository.HeadAsync();
        await repository.GitAsync("tag", "-a", "v1", "-m", "one");
        await repository.GitAsync("checkout", "-q", "-b", "topic");
        var second = await repository.CommitAsync("second", ("a", "2"));
        await repository.GitAsync("checkout", "-q", "main");
        var address = RepositoryAddress.Parse(repository.Path);

        Assert.Equal(("main", "main", first), await ResolveAsync(address, null));
        Assert.Equal(("topic", "topic", second), await ResolveAsync(address, "topic"));
        Assert.Equal(("topic", "topic", second), await ResolveAsync(address, "refs/heads/topic"));
        Assert.Equal(("v1", "main", first), await ResolveAsync(address, "v1"));
        Assert.Equal((second[..8], "main", second), await ResolveAsync(address, second[..8]));
        Assert.Equal((second, "main", second), await ResolveAsync(address, second));
    }

    [Fact]
    public async Task Resolve_DetachedHeadOnNoBranch_IsFetched()
    {
        using var repository = await TestRepository.CreateAsync(("a", "1"));
        await repository.GitAsync("checkout", "-q", "--detach");
        var loose = await repository.CommitAsync("loose", ("a", "2"));

        Assert.Equal(("HEAD", "main", loose), await ResolveAsync(RepositoryAddress.Parse(repository.Path), "HEAD"));
    }

    [Theory]
    [InlineData("mian")]
    [InlineData("--upload-pack=x")]
    [InlineData("main^{/x}")]
    [InlineData("deadbeefdeadbeef")]
    public async Task Resolve_UnknownRef_NamesTheNearestBranches(string name)
    {
        using var repository = await TestRepository.CreateAsync(("a", "1"));
        await repository.GitAsync("branch", "release");

        var error = await Assert.ThrowsAsync<RepositoryException>(() => ResolveAsync(RepositoryAddress.Parse(repository.Path), name));

        Assert.Equal(RepositoryErrorKind.UnknownRef, error.Kind);
        Assert.Contains("main", error.Message, StringComparison.Ordinal);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteTar_HostileNamesLinksAndAttributes_HoldsTheExactTree()
    {
        using var repository = await TestRepository.CreateAsync();
        repository.Write(".git/info/attributes", "* -text -ident -filter !working-tree-encoding\n");
        await repository.CommitAsync(
            "first",
            (".gitattributes", "* text=auto eol=crlf\nsecret export-ignore\nfolder export-ignore\nversion.txt export-subst\nlatin working-tree-encoding=UTF-16\n*.x filter=lfs ident\n"),
            ("secret", "kept\n"),
            ("folder/kept", "kept\n"),
            ("version.txt", "$Format:%H$ $Id$\n"),
            ("latin", "text\n"),
            ("a.x", "$Id$\n"),
            ("crlf", "one\r\ntwo\n"),
            ("dä/ümlaut\nnewline", "x"),
            ("run.sh", "#!/bin/sh\n"));
        File.CreateSymbolicLink(Path.Combine(repository.Path, "out"), "../../../etc/passwd");
        await repository.CommitAsync("links");
        await repository.GitAsync("update-index", "--chmod=+x", "run.sh");
        await repository.GitAsync("commit", "-q", "-m", "executable");
        var commit = await repository.HeadAsync();

        var (entries, _) = await TarAsync(repository, commit);

        var expected = (await repository.GitAsync("ls-tree", "-r", "-z", "--name-only", commit)).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected.Order(StringComparer.Ordinal), entries.Where(e => e.Value.Type is TarEntryType.RegularFile or TarEntryType.SymbolicLink).Select(e => e.Key).Order(StringComparer.Ordinal));
        foreach (var name in expected.Where(name => name != "out"))
        {
            Assert.Equal(await repository.GitAsync("cat-file", "blob", $"{commit}:{name}"), Encoding.UTF8.GetString(entries[name].Content));
        }

        Assert.Equal((TarEntryType.SymbolicLink, "../../../etc/passwd"), (entries["out"].Type, entries["out"].Link));
        Assert.True(entries["run.sh"].Mode.HasFlag(UnixFileMode.UserExecute));
        Assert.False(entries["crlf"].Mode.HasFlag(UnixFileMode.GroupWrite));
    }

    [Fact]
    public async Task WriteTar_Submodule_IsAnEmptyFolderAndReported()
    {
        using var inner = await TestRepository.CreateAsync(("inner.txt", "x"));
        using var repository = await TestRepository.CreateAsync(("a", "1"));
        await repository.GitAsync("submodule", "--quiet", "add", inner.Path, "libs/inner");
        var commit = await repository.CommitAsync("submodule");

        var (entries, archive) = await TarAsync(repository, commit);

        Assert.Equal(["libs/inner"], archive.Submodules);
        Assert.Equal(TarEntryType.Directory, entries["libs/inner/"].Type);
        Assert.DoesNotContain(entries.Keys, name => name.StartsWith("libs/inner/i", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WriteTar_TreeLargerThanTheLimit_SaysWhichOptionRaisesIt()
    {
        using var small = new RepositoryFixture(options => options.MaxTreeBytes = 64 * 1024);
        using var repository = await TestRepository.CreateAsync(("big", new string('x', 200_000)));
        var address = RepositoryAddress.Parse(repository.Path);
        var commit = (await small.Checkout.ResolveAsync(address, null, default)).Commit;

        var error = await Assert.ThrowsAsync<RepositoryException>(() => small.Checkout.WriteTarAsync(address, commit, Stream.Null, default));

        Assert.Equal(RepositoryErrorKind.TooLarge, error.Kind);
        Assert.Contains("MaxTreeBytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteTar_UnknownCommit_SaysSo()
    {
        using var repository = await TestRepository.CreateAsync(("a", "1"));
        var error = await Assert.ThrowsAsync<RepositoryException>(
            () => _fixture.Checkout.WriteTarAsync(RepositoryAddress.Parse(repository.Path), new string('a', 40), Stream.Null, default));
        Assert.Equal(RepositoryErrorKind.UnknownRef, error.Kind);
    }

    [Fact]
    public async Task WriteTar_LargeRandomRepository_Streams()
    {
        const int FileCount = 60;
        using var repository = await TestRepository.CreateAsync();
        var content = new byte[1 << 20];
        for (var i = 0; i < FileCount; i++)
        {
            Random.Shared.NextBytes(content);
            await File.WriteAllBytesAsync(Path.Combine(repository.Path, $"random{i}"), content);
        }

        await repository.GitAsync("-c", "core.compression=0", "-c", "core.bigFileThreshold=1", "add", "-A");
        await repository.GitAsync("commit", "-q", "-m", "large");
        var address = RepositoryAddress.Parse(repository.Path);
        var resolved = await _fixture.Checkout.ResolveAsync(address, null, default);

        var archive = await _fixture.Checkout.WriteTarAsync(address, resolved.Commit, Stream.Null, default);

        Assert.InRange(archive.Bytes, (long)FileCount << 20, (FileCount + 2L) << 20);
    }

    private async Task<(string Ref, string Branch, string Commit)> ResolveAsync(RepositoryAddress address, string? name)
    {
        var resolved = await _fixture.Checkout.ResolveAsync(address, name, default);
        return (resolved.Ref, resolved.Branch, resolved.Commit);
    }

    private async Task<(Dictionary<string, (TarEntryType Type, UnixFileMode Mode, string Link, byte[] Content)> Entries, Repositories.Checkout.TreeArchive Archive)> TarAsync(TestRepository repository, string commit)
    {
        var address = RepositoryAddress.Parse(repository.Path);
        await _fixture.Checkout.ResolveAsync(address, null, default);
        using var tar = new MemoryStream();
        var archive = await _fixture.Checkout.WriteTarAsync(address, commit, tar, default);
        tar.Position = 0;
        var entries = new Dictionary<string, (TarEntryType, UnixFileMode, string, byte[])>(StringComparer.Ordinal);
        await using var reader = new TarReader(tar);
        while (await reader.GetNextEntryAsync(copyData: true) is { } entry)
        {
            if (entry.EntryType == TarEntryType.GlobalExtendedAttributes)
            {
                continue;
            }

            using var data = new MemoryStream();
            entry.DataStream?.CopyTo(data);
            entries[entry.Name] = (entry.EntryType, entry.Mode, entry.LinkName, data.ToArray());
        }

        return (entries, archive);
    }
}
