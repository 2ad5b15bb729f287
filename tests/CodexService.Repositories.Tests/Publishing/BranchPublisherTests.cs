using CodexService.Repositories.Publishing;
using CodexService.Testing;

namespace CodexService.Repositories.Tests.Publishing;

public sealed class BranchPublisherTests : IDisposable
{
    private const string Branch = "codex/fix-it-0a1b2c3d";
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Publish_ValidPatch_MakesTheBranchAndLeavesTheCheckoutAsItIs()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"), ("b.py", "b\n"));
        var patch = await repository.PatchAsync(("a.py", "two\n"), ("new/ü.py", "new\n"));
        repository.Write("b.py", "uncommitted\n");
        repository.Write("untracked", "mine\n");
        repository.Write("staged", "mine\n");
        await repository.GitAsync("add", "staged");
        var before = repository.Snapshot();

        var published = await PublishAsync(repository, patch);

        Assert.Equal(before, repository.Snapshot());
        Assert.Equal("## main", (await repository.GitAsync("status", "--short", "--branch")).Split('\n')[0]);
        Assert.False(published.Adopted);
        Assert.Equal(published.Commit, await repository.HeadAsync(Branch));
        Assert.Equal(await repository.HeadAsync("main"), await repository.HeadAsync(Branch + "^"));
        Assert.Equal("two\n", await repository.GitAsync("show", Branch + ":a.py"));
        Assert.Equal("new\n", await repository.GitAsync("show", Branch + ":new/ü.py"));
        Assert.Equal("A title\n\nBody\n", await repository.GitAsync("log", "-1", "--format=%B", Branch).ContinueWith(t => t.Result.TrimEnd('\n') + "\n", TaskScheduler.Default));
        Assert.Equal("Codex Service|2026-01-02T03:04:05+00:00", (await repository.GitAsync("log", "-1", "--format=%an|%cI", Branch)).Trim());
    }

    [Fact]
    public async Task Publish_SameRequestAgain_AdoptsTheSameCommit()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        var patch = await repository.PatchAsync(("a.py", "two\n"));

        var first = await PublishAsync(repository, patch);
        var second = await PublishAsync(repository, patch);
        using var otherMachine = new RepositoryFixture();
        var third = await otherMachine.Publisher.PublishAsync(Request(repository, patch, await repository.HeadAsync("main")), default);

        Assert.Equal((first.Commit, true), (second.Commit, second.Adopted));
        Assert.Equal((first.Commit, true), (third.Commit, third.Adopted));
    }

    [Fact]
    public async Task Publish_BranchHoldsAnotherChange_IsRefusedAndNothingOverwritten()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        await PublishAsync(repository, await repository.PatchAsync(("a.py", "two\n")));
        var before = await repository.HeadAsync(Branch);

        var error = await Assert.ThrowsAsync<RepositoryException>(async () => await PublishAsync(repository, await repository.PatchAsync(("a.py", "three\n"))));

        Assert.Equal(RepositoryErrorKind.PushRefused, error.Kind);
        Assert.Contains("with another change", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await repository.HeadAsync(Branch));
    }

    [Fact]
    public async Task Publish_PatchDoesNotApply_SaysSo()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        var patch = await repository.PatchAsync(("a.py", "two\n"));
        await repository.CommitAsync("moved", ("a.py", "other\n"));
        await RefusedAsync(repository, patch, "does not apply");
    }

    [Theory]
    [InlineData("diff --git a/.git/hooks/post-checkout b/.git/hooks/post-checkout\nnew file mode 100755\nindex 0000000..1111111\n--- /dev/null\n+++ b/.git/hooks/post-checkout\n@@ -0,0 +1 @@\n+x\n", "git's own files")]
    [InlineData("diff --git a/link b/link\nnew file mode 120000\nindex 0000000..1111111\n--- /dev/null\n+++ b/link\n@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file\n", "symlink")]
    [InlineData("diff --git a/a.py b/a.py\nold mode 100644\nnew mode 100755\n", "mode")]
    [InlineData("", "changes nothing")]
    public async Task Publish_HostilePatch_IsRefusedAndNoBranchIsMade(string patch, string reason)
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        await RefusedAsync(repository, patch, reason);
        Assert.DoesNotContain("codex/", await repository.GitAsync("branch", "--list", "--all"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("main")]
    [InlineData("codex/../main")]
    [InlineData("codex/a b")]
    [InlineData("codex/-x")]
    [InlineData("codex/x.lock")]
    public async Task Publish_ForeignBranchName_IsRefused(string branch)
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        var request = Request(repository, await repository.PatchAsync(("a.py", "two\n")), await repository.HeadAsync()) with { Branch = branch };
        await Assert.ThrowsAsync<RepositoryException>(() => _fixture.Publisher.PublishAsync(request, default));
    }

    [Fact]
    public async Task Publish_HooksInTheTarget_DoNotRun()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        foreach (var hook in new[] { "pre-receive", "update", "post-receive", "post-update", "reference-transaction" })
        {
            await repository.GitAsync("config", "core.hooksPath", ".git/hooks");
            repository.Write($".git/hooks/{hook}", "#!/bin/sh\ntouch ../ran ran\nexit 1\n");
            using var chmod = System.Diagnostics.Process.Start("chmod", ["+x", Path.Combine(repository.Path, ".git/hooks", hook)]);
            await chmod.WaitForExitAsync();
        }

        await PublishAsync(repository, await MakePatchAsync());

        Assert.Empty(Directory.EnumerateFiles(repository.Path, "ran", SearchOption.AllDirectories));

        static async Task<string> MakePatchAsync()
        {
            using var twin = await TestRepository.CreateAsync(("a.py", "one\n"));
            return await twin.PatchAsync(("a.py", "two\n"));
        }
    }

    [Fact]
    public async Task Publish_BareTarget_Works()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        var bare = repository.Path + ".bare";
        await repository.GitAsync("clone", "-q", "--bare", repository.Path, bare);
        var patch = await repository.PatchAsync(("a.py", "two\n"));

        var published = await _fixture.Publisher.PublishAsync(
            Request(repository, patch, await repository.HeadAsync()) with { Address = RepositoryAddress.Parse(bare) }, default);

        Assert.Equal(published.Commit, (await TestRepository.GitInAsync(bare, "rev-parse", Branch)).Trim());
    }

    [Fact]
    public async Task Publish_Workflow_IsHeld()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        var published = await PublishAsync(repository, await repository.PatchAsync((".github/workflows/ci.yml", "on: push\n")));
        Assert.Equal([".github/workflows/ci.yml"], published.Held);
    }

    private async Task RefusedAsync(TestRepository repository, string patch, string reason)
    {
        var error = await Assert.ThrowsAsync<RepositoryException>(() => PublishAsync(repository, patch));
        Assert.Equal(RepositoryErrorKind.PatchRefused, error.Kind);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private async Task<PublishedBranch> PublishAsync(TestRepository repository, string patch) =>
        await _fixture.Publisher.PublishAsync(Request(repository, patch, await repository.HeadAsync("main")), default);

    private static PublishRequest Request(TestRepository repository, string patch, string baseCommit) =>
        new(RepositoryAddress.Parse(repository.Path), baseCommit, patch, Branch, "A title\n\nBody\n", At);
}
