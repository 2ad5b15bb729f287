using System.Security.Cryptography;
using CodexService.PullRequests.Forges;
using CodexService.Repositories;
using CodexService.Testing.GitHub;

namespace CodexService.PullRequests.Tests.Forges.GitHub;

/// <summary>What a person has to mend is refused in one line that says so; what passes by itself is thrown to be tried again.</summary>
[Collection(EmulatorTests.Name)]
public sealed class BadInputTests(EmulatorFixture emulator)
{
    private static readonly (string, string)[] Files = [("a.py", "one\n")];

    [Fact]
    public async Task Open_KeyOfAnotherApp_IsRefused()
    {
        using var key = RSA.Create(2048);
        await using var ground = await GitHubGround.CreateAsync(emulator, Files, ("CODEX_GITHUB_APP_KEY", key.ExportPkcs8PrivateKeyPem()));

        await RefusedAsync(ground, "GitHub does not accept the credentials", "check the token or the App's key");
    }

    [Fact]
    public async Task Open_WrongToken_IsRefused()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files, ("CODEX_GITHUB_APP_ID", null), ("CODEX_GITHUB_APP_KEY", null), ("CODEX_GITHUB_TOKEN", "ghp_canary"));

        await RefusedAsync(ground, "GitHub does not accept the credentials", "check the token");
    }

    [Fact]
    public async Task Open_TokenOfSomebodyWhoMayOnlyRead_IsRefused()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files, ("CODEX_GITHUB_APP_ID", null), ("CODEX_GITHUB_APP_KEY", null), ("CODEX_GITHUB_TOKEN", EmulatorFixture.ReaderToken));

        await RefusedAsync(ground, "the credentials may not store a file", "Resource not accessible");
    }

    [Fact]
    public async Task Open_InstallationSuspended_IsRefused()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        var draft = await ground.DraftAsync();
        await ground.Control.SuspendAsync("acme");
        try
        {
            await RefusedAsync(ground, draft, "installation", "suspended: a person has to resume it");
        }
        finally
        {
            await ground.Control.SuspendAsync("acme", suspended: false);
        }
    }

    [Fact]
    public async Task Open_RepositoryDeleted_IsRefused()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        var draft = await ground.DraftAsync();
        await ground.Control.RemoveAsync(ground.Repository);

        await RefusedAsync(ground, draft, "not installed on", "check the repository's name");
    }

    [Fact]
    public async Task OpenMoveAndMerge_RepositoryRenamed_WorkUnderItsNewName()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        var draft = await ground.DraftAsync();
        await ground.Control.RenameAsync(ground.Repository, ground.Repository.Split('/')[1] + "-new");

        var result = await ground.Forge.OpenAsync(draft, default);
        var opened = result as OpenResult.Opened ?? throw new InvalidOperationException(result.ToString());

        Assert.Contains($"{ground.Repository}-new/pull/{opened.Number}", opened.Url, StringComparison.Ordinal);
        var move = new PullRequestMove(opened.Number!.Value, opened.HeadCommit, draft with { Patch = draft.Patch.Replace("+two", "+zwei", StringComparison.Ordinal) });
        var moved = Assert.IsType<MoveResult.Moved>(await ground.Forge.MoveAsync(move, default));
        Assert.IsType<MergeResult.Merged>(await ground.Forge.MergeAsync(ForgeGround.Reference(draft, opened) with { HeadCommit = moved.HeadCommit }, default));
    }

    [Fact]
    public async Task OpenMoveAndMerge_Archived_AreRefused()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        var draft = await ground.DraftAsync();
        var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));
        await ground.Control.ArchiveAsync(ground.Repository);

        await RefusedAsync(ground, draft, $"{ground.Repository} is archived", "unarchive it");
        OneLine(Assert.IsType<MoveResult.Refused>(await ground.Forge.MoveAsync(new PullRequestMove(opened.Number!.Value, opened.HeadCommit, draft), default)).Reason, "is archived");
        OneLine(Assert.IsType<MergeResult.Refused>(await ground.Forge.MergeAsync(ForgeGround.Reference(draft, opened), default)).Reason, "is archived");
        OneLine(Assert.IsType<CloseResult.Refused>(await ground.Forge.CloseAsync(ForgeGround.Reference(draft, opened), default)).Reason, "is archived");
    }

    [Fact]
    public async Task Open_BaseBranchGone_IsRefused()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        var draft = await ground.DraftAsync();
        await ground.PushAsync("other", "b.py", "x\n");
        await ground.DeleteBranchAsync("main");

        await RefusedAsync(ground, draft, $"the base branch main is gone from {ground.Repository}", "restore it");
    }

    [Fact]
    public async Task Merge_BaseProtected_SaysWhatGitHubWants()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        var draft = await ground.DraftAsync();
        var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));
        await ground.Control.ProtectAsync(ground.Repository, "main");

        OneLine(Assert.IsType<MergeResult.Refused>(await ground.Forge.MergeAsync(ForgeGround.Reference(draft, opened), default)).Reason, "approving review is required");
    }

    [Fact]
    public async Task Open_BranchNamesProtected_SaysWhatGitHubWants()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        await AnswerAsync(ground, "POST", "git/refs$", 422, "Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n");

        await RefusedAsync(ground, "GitHub refused to make branch", "creations being restricted");
    }

    [Theory]
    [InlineData("git/blobs$", "the credentials may not store a file")]
    [InlineData("git/refs$", "the credentials may not make branch")]
    [InlineData("pulls$", "the credentials may not open the pull request")]
    public async Task Open_AppWithoutAPermission_IsRefused(string path, string says)
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        await AnswerAsync(ground, "POST", path, 403, "Resource not accessible by integration");

        await RefusedAsync(ground, says, "Resource not accessible by integration");
    }

    [Theory]
    [InlineData("busy")]
    [InlineData("limit")]
    [InlineData("cut")]
    [InlineData("failed")]
    public async Task Open_WhatPassesByItself_IsThrownToBeTriedAgain(string kind)
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        var draft = await ground.DraftAsync();
        await ground.Control.InjectAsync(new EmulatedFault { Kind = kind, Path = $"^/repos/{ground.Repository}", Times = 0 });
        var thrown = await Assert.ThrowsAsync<RepositoryException>(() => ground.Forge.OpenAsync(draft, default));
        await ground.Control.CalmAsync();

        Assert.Equal(RepositoryErrorKind.Unreachable, thrown.Kind);
        OneLine(thrown.Message, "GitHub");
        Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));
    }

    [Fact]
    public async Task Open_GitHubMakesAnotherTree_PublishesNothing()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, Files);
        await AnswerAsync(ground, "POST", "git/trees$", 201, "", new { sha = new string('0', 40) });

        await RefusedAsync(ground, "which is not what was verified", "nothing was published");
        Assert.Single(await ground.BranchesAsync());
    }

    private static Task AnswerAsync(GitHubGround ground, string method, string path, int status, string message, object? body = null) => ground.Control.InjectAsync(
        new EmulatedFault { Kind = "answer", Method = method, Path = $"^/repos/{ground.Repository}/{path}", Status = status, Body = body ?? new { message }, Times = 0 });

    private static async Task RefusedAsync(GitHubGround ground, params string[] says) => await RefusedAsync(ground, await ground.DraftAsync(), says);

    private static async Task RefusedAsync(GitHubGround ground, PullRequestDraft draft, params string[] says)
    {
        var refused = Assert.IsType<OpenResult.Refused>(await ground.Forge.OpenAsync(draft, default));
        await ground.Control.CalmAsync();
        OneLine(refused.Reason, says);
    }

    private static void OneLine(string reason, params string[] says)
    {
        Assert.All(says, part => Assert.Contains(part, reason, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', reason);
        Assert.DoesNotContain("ghp_", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("ghs_", reason, StringComparison.Ordinal);
    }
}
