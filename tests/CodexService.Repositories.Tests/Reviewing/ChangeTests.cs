using CodexService.Repositories.Patches;
using CodexService.Repositories.Reviewing;
using CodexService.Testing;

namespace CodexService.Repositories.Tests.Reviewing;

public sealed class ChangeTests : IAsyncLifetime
{
    private readonly RepositoryFixture fixture = new();
    private TestRepository repository = null!;
    private string start = "";

    private RepositoryAddress Address => RepositoryAddress.Parse(repository.Path);

    public async Task InitializeAsync()
    {
        repository = await TestRepository.CreateAsync(("a.py", "one\ntwo\nthree\n"), ("old name.py", "kept\nkept\nkept\nkept\n"), ("gone.py", "x\n"));
        start = await repository.HeadAsync();
        await repository.GitAsync("checkout", "-q", "-b", "topic");
    }

    public Task DisposeAsync()
    {
        repository.Dispose();
        fixture.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task ResolveChange_BaseThatMovedOn_IsRelativeToTheMergeBase()
    {
        var head = await repository.CommitAsync("topic", ("a.py", "one\n2\nthree\n"));
        await repository.GitAsync("checkout", "-q", "main");
        await repository.CommitAsync("main goes on", ("b.py", "b\n"));

        var range = await fixture.Checkout.ResolveChangeAsync(Address, "main", "topic", default);

        Assert.Equal(new ChangeRange(start, head), range);
        var file = Assert.Single((await fixture.Checkout.ReadChangeAsync(Address, range, default)).Files);
        Assert.Equal(("a.py", 1, 1), (file.Path, file.AddedLines, file.RemovedLines));
    }

    [Fact]
    public async Task ResolveChange_RefOfAPullRequest_IsFetchedAndFollowsItsHead()
    {
        var first = await PullRequestAsync(7, "2");
        Assert.Equal(first, (await fixture.Checkout.ResolveChangeAsync(Address, null, "refs/pull/7/head", default)).Head);

        var second = await PullRequestAsync(7, "zwei");

        Assert.Equal(second, (await fixture.Checkout.ResolveChangeAsync(Address, null, "refs/pull/7/head", default)).Head);
    }

    [Fact]
    public async Task ResolveChange_CommitThatOnlyAForkHas_IsFetched()
    {
        var head = await PullRequestAsync(8, "2");

        Assert.Equal(head, (await fixture.Checkout.ResolveChangeAsync(Address, null, head, default)).Head);
    }

    [Fact]
    public async Task ReadChange_OnAnotherMachine_BringsTheCommits()
    {
        await PullRequestAsync(9, "2");
        var range = await fixture.Checkout.ResolveChangeAsync(Address, null, "refs/pull/9/head", default);
        using var other = new RepositoryFixture();

        Assert.Single((await other.Checkout.ReadChangeAsync(Address, range, default)).Files);
    }

    [Theory]
    [InlineData("refs/pull/99/head", "has no 'refs/pull/99/head'; check the name of the ref")]
    [InlineData("refs/pull/7/head:refs/heads/main", "is not the name of a ref")]
    [InlineData("refs/heads/*", "has no branch, tag or commit")]
    [InlineData("refs/pull/*", "is not the name of a ref")]
    [InlineData("refs/../../x", "is not the name of a ref")]
    [InlineData("--upload-pack=x", "has no branch, tag or commit")]
    [InlineData("topci", "its nearest branches: topic")]
    [InlineData("main", "has no commit that 'main' lacks")]
    [InlineData("0123456789012345678901234567890123456789", "has no '0123456789012345678901234567890123456789'")]
    public async Task ResolveChange_WrongHead_IsOneClearLine(string head, string part)
    {
        await repository.CommitAsync("topic", ("a.py", "1\n"));

        var error = await Assert.ThrowsAsync<RepositoryException>(() => fixture.Checkout.ResolveChangeAsync(Address, "main", head, default));

        Assert.Equal(RepositoryErrorKind.UnknownRef, error.Kind);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task ResolveChange_WithoutSharedHistory_SaysSo()
    {
        await repository.GitAsync("checkout", "-q", "--orphan", "alone");
        await repository.CommitAsync("alone", ("a.py", "1\n"));

        var error = await Assert.ThrowsAsync<RepositoryException>(() => fixture.Checkout.ResolveChangeAsync(Address, "main", "alone", default));

        Assert.Contains("share no history", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadChange_EveryKindOfFile_HasPathKindAndNewLines()
    {
        await repository.GitAsync("mv", "old name.py", "new name.py");
        await repository.GitAsync("rm", "-q", "gone.py");
        repository.Write("picture.bin", "\0\u0001\0");
        var head = await repository.CommitAsync(
            "all",
            ("a.py", "one\n2\nthree\n--- a/b.py\n+++ b/b.py\n@@ -1 +1 @@\ndiff --git a/x b/x"),
            ("dür/ü\t.py", "n\n"));

        var diff = await fixture.Checkout.ReadChangeAsync(Address, new ChangeRange(start, head), default);

        Assert.Equal(
            ["a.py Modified ", "dür/ü\t.py Added ", "gone.py Deleted ", "new name.py Modified old name.py", "picture.bin Added "],
            diff.Files.Select(file => $"{file.Path} {file.Change} {file.OldPath}").Order(StringComparer.Ordinal));
        Assert.True(diff.Find("picture.bin")!.IsBinary);
        var changed = diff.Find("a.py")!;
        Assert.Equal((5, 1), (changed.AddedLines, changed.RemovedLines));
        Assert.Equal(["2"], changed.NewLines(2, 2));
        Assert.Equal(["diff --git a/x b/x"], changed.NewLines(7, 7));
        Assert.Null(changed.NewLines(8, 8));
        Assert.Null(changed.NewLines(0, 1));
        Assert.Null(changed.NewLines(3, 2));
        Assert.Null(diff.Find("gone.py")!.NewLines(1, 1));
    }

    // As GitHub keeps it: the ref holds a commit of a fork, and no branch of this repository does.
    private async Task<string> PullRequestAsync(int number, string line)
    {
        await repository.GitAsync("checkout", "-q", "-B", "fork", start);
        var head = await repository.CommitAsync("of a fork", ("a.py", $"one\n{line}\nthree\n"));
        await repository.GitAsync("update-ref", $"refs/pull/{number}/head", head);
        await repository.GitAsync("checkout", "-q", "main");
        await repository.GitAsync("branch", "-q", "-D", "fork");
        return head;
    }
}
