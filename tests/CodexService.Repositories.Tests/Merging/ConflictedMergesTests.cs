using CodexService.Repositories.Git;
using CodexService.Repositories.Merging;
using CodexService.Repositories.Publishing;
using CodexService.Testing;

namespace CodexService.Repositories.Tests.Merging;

public sealed class ConflictedMergesTests : IDisposable
{
    private readonly RepositoryFixture fixture = new();

    public void Dispose() => fixture.Dispose();

    [Fact]
    public async Task Look_SameLinesChanged_IsOneCommitWithMarkersAndBothParentsOnEveryMachine()
    {
        using var repository = await ConflictAsync();
        using var elsewhere = new RepositoryFixture();
        var address = RepositoryAddress.Parse(repository.Path);
        var (head, tip) = (await repository.HeadAsync("codex/x"), await repository.HeadAsync("main"));

        var merge = await fixture.Merges.LookAsync(address, head, "main", default);
        var again = await elsewhere.Merges.PrepareAsync(address, head, tip, default);

        Assert.Equal(merge.Commit, again.Commit);
        Assert.Equal([new ConflictedPath("a.py", ConflictKind.Content)], merge.Conflicts);
        Assert.Equal($"one\n<<<<<<< {head}\nours\n=======\ntheirs\n>>>>>>> {tip}\nthree\n", await ShowAsync(address, $"{merge.Commit}:a.py"));
        Assert.Equal($"{head} {tip}", await LogAsync(address, merge.Commit));
    }

    [Fact]
    public async Task Look_BranchThatFits_IsClean()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        await repository.GitAsync("switch", "-q", "-c", "codex/x");
        var head = await repository.CommitAsync("ours", ("b.py", "ours\n"));
        await repository.GitAsync("switch", "-q", "main");
        await repository.CommitAsync("theirs", ("a.py", "theirs\n"));

        Assert.True((await fixture.Merges.LookAsync(RepositoryAddress.Parse(repository.Path), head, "main", default)).IsClean);
    }

    [Fact]
    public async Task Look_FileAddedToAFolderThatTheBaseRenamed_IsTheConflictThatARefusedMergeNames()
    {
        using var repository = await TestRepository.CreateAsync(("d/a.py", "1\n2\n3\n"), ("d/b.py", "4\n5\n6\n"));
        await repository.GitAsync("switch", "-q", "-c", "codex/x");
        var head = await repository.CommitAsync("ours", ("d/new.py", "ours\n"));
        await repository.GitAsync("switch", "-q", "main");
        await repository.GitAsync("mv", "d", "e");
        await repository.CommitAsync("theirs");
        var address = RepositoryAddress.Parse(repository.Path);

        var found = (await fixture.Merges.LookAsync(address, head, "main", default)).Conflicts.Select(conflict => conflict.Path).ToList();

        Assert.Equal(["e/new.py"], found);
        Assert.Equal(found, (await fixture.Merger.MergeAsync(new MergeRequest(address, "codex/x", head, "main", "Merge\n", DateTimeOffset.UnixEpoch), default)).Conflicts);
        Assert.Equal(found, await fixture.Trees.ConflictsAsync(address, "main", "codex/x", default));
    }

    [Fact]
    public async Task Look_BaseGone_SaysSo()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        var head = await repository.HeadAsync();

        var failed = await Assert.ThrowsAsync<RepositoryException>(() => fixture.Merges.LookAsync(RepositoryAddress.Parse(repository.Path), head, "gone", default));

        Assert.Equal(RepositoryErrorKind.UnknownRef, failed.Kind);
        Assert.Contains("the base branch gone is gone", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_EveryKindOfConflict_IsNamedByWhatLiesInTheTree()
    {
        using var repository = await TestRepository.CreateAsync(
            ("binary", "\0one"), ("deleted in base", "1\n2\n3\n"), ("deleted in branch", "4\n5\n6\n"), ("renamed", "a\nb\nc\nd\n"), ("way", "x\n"));
        File.CreateSymbolicLink(Path.Combine(repository.Path, "link"), "binary");
        await repository.CommitAsync("link");
        await repository.GitAsync("switch", "-q", "-c", "codex/x");
        await repository.GitAsync("rm", "-q", "deleted in branch", "link", "way");
        await repository.GitAsync("mv", "renamed", "renamed by us");
        File.CreateSymbolicLink(Path.Combine(repository.Path, "link"), "way");
        var head = await repository.CommitAsync("ours", ("binary", "\0two"), ("deleted in base", "1\n2\nours\n"), ("way/file", "ours\n"), ("added", "ours\n"));
        await repository.GitAsync("switch", "-q", "main");
        await repository.GitAsync("rm", "-q", "deleted in base", "link");
        await repository.GitAsync("mv", "renamed", "renamed by them");
        File.CreateSymbolicLink(Path.Combine(repository.Path, "link"), "added");
        var tip = await repository.CommitAsync("theirs", ("binary", "\0three"), ("deleted in branch", "4\n5\ntheirs\n"), ("way", "theirs\n"), ("added", "theirs\n"));
        var address = RepositoryAddress.Parse(repository.Path);

        var merge = await fixture.Merges.LookAsync(address, head, "main", default);

        var kinds = merge.Conflicts.ToDictionary(conflict => conflict.Path, conflict => conflict.Kind, StringComparer.Ordinal);
        Assert.Equal(ConflictKind.Content, kinds["added"]);
        Assert.Equal(ConflictKind.Binary, kinds["binary"]);
        Assert.Equal(ConflictKind.DeletedInBase, kinds["deleted in base"]);
        Assert.Equal(ConflictKind.DeletedInBranch, kinds["deleted in branch"]);
        Assert.Equal(ConflictKind.NotAFile, kinds["link"]);
        Assert.Equal((ConflictKind.Names, ConflictKind.Names), (kinds["renamed by us"], kinds["renamed by them"]));
        Assert.Contains($"way~{tip}", kinds.Keys);
        Assert.Equal("\0two", await ShowAsync(address, $"{merge.Commit}:binary"));

        // What git moved out of the way is not resolved while it lies there.
        Assert.Equal(["added", $"way~{tip}"], await fixture.Merges.LeftoversAsync(merge, "", default));
    }

    [Fact]
    public async Task Look_AttributesFiltersAndDriversOfTheRepository_AreNotRun()
    {
        using var repository = await ConflictAsync((".gitattributes", "* filter=evil merge=evil conflict-marker-size=3\n*.py text eol=crlf merge=union\n"));
        var trace = Path.Combine(Path.GetDirectoryName(repository.Path)!, "ran");
        foreach (var name in new[] { "filter.evil.clean", "filter.evil.smudge", "merge.evil.driver", "core.fsmonitor" })
        {
            await repository.GitAsync("config", name, $"touch {trace}; cat");
        }

        foreach (var hook in new[] { "pre-merge-commit", "post-merge", "reference-transaction", "post-commit" })
        {
            repository.Write($".git/hooks/{hook}", $"#!/bin/sh\ntouch {trace}\n");
            File.SetUnixFileMode(Path.Combine(repository.Path, ".git/hooks", hook), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        File.Delete(trace);
        var address = RepositoryAddress.Parse(repository.Path);
        var head = await repository.HeadAsync("codex/x");

        var merge = await fixture.Merges.LookAsync(address, head, "main", default);

        Assert.False(File.Exists(trace));
        Assert.StartsWith($"one\n<<<<<<< {head}\nours\n=======\n", await ShowAsync(address, $"{merge.Commit}:a.py"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one\nboth\nthree\n", true)]
    [InlineData("one\n<<<<<<< x\nboth\nthree\n", false)]
    [InlineData("one\nboth\n>>>>>>> \nthree\n", false)]
    [InlineData("one\nboth\n=======\r\nthree\n", false)]
    [InlineData("one\n x = '<<<<<<< not at the start'\nthree\n", true)]
    public async Task Leftovers_MarkersAtTheStartOfALine_AreFound(string resolved, bool isClean)
    {
        using var repository = await ConflictAsync();
        var merge = await fixture.Merges.LookAsync(RepositoryAddress.Parse(repository.Path), await repository.HeadAsync("codex/x"), "main", default);

        var left = await fixture.Merges.LeftoversAsync(merge, await PatchAsync(repository, merge, ("a.py", resolved)), default);

        Assert.Equal(isClean ? [] : ["a.py"], left);
    }

    [Fact]
    public async Task Leftovers_MarkersCarriedToAnotherFile_AreFound_ButNotThoseThatASideHasItself()
    {
        using var repository = await ConflictAsync(("heading.rst", "Title\n=======\n"));
        var merge = await fixture.Merges.LookAsync(RepositoryAddress.Parse(repository.Path), await repository.HeadAsync("codex/x"), "main", default);

        var patch = await PatchAsync(repository, merge, ("a.py", "one\nboth\nthree\n"), ("heading.rst", "Other title\n=======\n"), ("moved.py", "<<<<<<< x\n"));

        Assert.Equal(["moved.py"], await fixture.Merges.LeftoversAsync(merge, patch, default));
    }

    [Fact]
    public async Task Histories_BothSides_AreTold()
    {
        using var repository = await ConflictAsync();
        var merge = await fixture.Merges.LookAsync(RepositoryAddress.Parse(repository.Path), await repository.HeadAsync("codex/x"), "main", default);

        var (ours, theirs) = await fixture.Merges.HistoriesAsync(merge, default);

        Assert.EndsWith(" ours", Assert.Single(ours.Commits), StringComparison.Ordinal);
        Assert.EndsWith(" theirs", Assert.Single(theirs.Commits), StringComparison.Ordinal);
        Assert.Equal((1, 1), (ours.Total, theirs.Total));
    }

    /// <summary>main and codex/x changed the same line of a.py; main is checked out.</summary>
    internal static async Task<TestRepository> ConflictAsync(params (string Path, string Content)[] more)
    {
        var repository = await TestRepository.CreateAsync([("a.py", "one\ntwo\nthree\n"), .. more]);
        await repository.GitAsync("switch", "-q", "-c", "codex/x");
        await repository.CommitAsync("ours", ("a.py", "one\nours\nthree\n"), ("ours.py", "ours\n"));
        await repository.GitAsync("switch", "-q", "main");
        await repository.CommitAsync("theirs", ("a.py", "one\ntheirs\nthree\n"), ("theirs.py", "theirs\n"));
        return repository;
    }

    /// <summary>A patch on top of the merge, as a sandbox exports it.</summary>
    internal async Task<string> PatchAsync(TestRepository repository, ConflictedMerge merge, params (string Path, string Content)[] files)
    {
        await repository.GitAsync("fetch", "-q", fixture.Cache.DirectoryOf(merge.Address), merge.Commit);
        await repository.GitAsync("checkout", "-q", "--detach", merge.Commit);
        var patch = await repository.PatchAsync(files);
        await repository.GitAsync("switch", "-q", "main");
        return patch;
    }

    private async Task<string> ShowAsync(RepositoryAddress address, string what) =>
        (await fixture.Git.RunCheckedAsync(new GitCommand("show", what) { GitDirectory = fixture.Cache.DirectoryOf(address) }, default)).Text;

    private async Task<string> LogAsync(RepositoryAddress address, string commit) =>
        (await fixture.Git.RunCheckedAsync(new GitCommand("log", "-1", "--format=%P", commit) { GitDirectory = fixture.Cache.DirectoryOf(address) }, default)).Text.Trim();
}
