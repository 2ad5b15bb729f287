using System.Text;
using CodexService.Repositories.Publishing;
using CodexService.Testing;

namespace CodexService.Repositories.Tests.Publishing;

public sealed class PatchedTreesTests : IDisposable
{
    private readonly RepositoryFixture fixture = new();

    public void Dispose() => fixture.Dispose();

    [Fact]
    public async Task Read_Patch_NamesPathsModesAndBytes()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"), ("gone.py", "x\n"));
        var address = RepositoryAddress.Parse(repository.Path);
        var start = await repository.HeadAsync();
        await repository.GitAsync("rm", "-q", "gone.py");
        var patch = await repository.PatchAsync(("a.py", "two\n"), (".codex/config.yml", "bots: []\n"));

        var tree = await fixture.Trees.ReadAsync(address, start, patch, default);

        Assert.Equal([("a.py", "100644", 4L), ("gone.py", null, 0L)], tree.Changes.Select(change => (change.Path, change.Mode, change.Bytes)));
        Assert.Equal([".codex/config.yml"], tree.Held);
        Assert.Equal("two\n", Encoding.UTF8.GetString((await fixture.Trees.ContentAsync(tree, tree.Changes[0], default)).Span));
        Assert.NotEqual(tree.ParentTree, tree.Tree);
    }

    [Fact]
    public async Task Read_CommitThatIsNowhere_SaysSo()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        var patch = await repository.PatchAsync(("a.py", "two\n"));

        var failed = await Assert.ThrowsAsync<RepositoryException>(() => fixture.Trees.ReadAsync(RepositoryAddress.Parse(repository.Path), new string('1', 40), patch, default));

        Assert.Equal(RepositoryErrorKind.UnknownRef, failed.Kind);
    }

    [Theory]
    [InlineData("b.py", true)]
    [InlineData("a.py", false)]
    public async Task Rebase_CommitOfOthers_KeepsItOrSaysWhereItConflicts(string path, bool fits)
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"), ("b.py", "one\n"));
        var address = RepositoryAddress.Parse(repository.Path);
        var start = await repository.HeadAsync();
        var tree = await fixture.Trees.ReadAsync(address, start, await repository.PatchAsync(("a.py", "two\n")), default);
        var theirs = await repository.CommitAsync("theirs", (path, "theirs\n"));

        var outcome = await fixture.Trees.RebaseAsync(tree, start, theirs, default);

        if (fits)
        {
            var done = Assert.IsType<RebaseOutcome.Done>(outcome);
            Assert.Equal((theirs, "a.py"), (done.Tree.Parent, Assert.Single(done.Tree.Changes).Path));
        }
        else
        {
            Assert.Equal(["a.py"], Assert.IsType<RebaseOutcome.Conflict>(outcome).Paths);
        }
    }

    [Fact]
    public async Task Rebase_FileThatOthersMovedToAHeldPath_DoesNotFollowIt()
    {
        const string Lines = "one\ntwo\nthree\nfour\nfive\n";
        using var repository = await TestRepository.CreateAsync(("ci/run.py", Lines));
        var address = RepositoryAddress.Parse(repository.Path);
        var start = await repository.HeadAsync();
        var tree = await fixture.Trees.ReadAsync(address, start, await repository.PatchAsync(("ci/run.py", Lines + "six\n")), default);
        await repository.GitAsync("mv", "ci", ".codex");
        var theirs = await repository.CommitAsync("theirs");

        Assert.Equal([".codex/run.py"], Assert.IsType<RebaseOutcome.Conflict>(await fixture.Trees.RebaseAsync(tree, start, theirs, default)).Paths);
    }

    [Fact]
    public async Task Rebase_FolderThatOthersMovedToAHeldPath_NewFilesStayWhereTheyWerePut()
    {
        using var repository = await TestRepository.CreateAsync(("ci/a.py", "one\ntwo\nthree\n"), ("ci/b.py", "four\nfive\nsix\n"));
        var address = RepositoryAddress.Parse(repository.Path);
        var start = await repository.HeadAsync();
        var tree = await fixture.Trees.ReadAsync(address, start, await repository.PatchAsync(("ci/new.py", "new\n")), default);
        await repository.GitAsync("mv", "ci", ".codex");
        var theirs = await repository.CommitAsync("theirs");

        var done = Assert.IsType<RebaseOutcome.Done>(await fixture.Trees.RebaseAsync(tree, start, theirs, default));

        Assert.Equal("ci/new.py", Assert.Single(done.Tree.Changes).Path);
    }
}
