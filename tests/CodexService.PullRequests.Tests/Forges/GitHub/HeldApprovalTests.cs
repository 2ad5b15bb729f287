using CodexService.PullRequests.Forges;
using CodexService.Testing.GitHub;

namespace CodexService.PullRequests.Tests.Forges.GitHub;

/// <summary>Held paths that a person approved, on the emulated GitHub with real git.</summary>
[Collection(EmulatorTests.Name)]
public sealed class HeldApprovalTests(EmulatorFixture emulator)
{
    private const string Workflow = ".github/workflows/ci.yml";
    private const string Owners = "CODEOWNERS";

    [Fact]
    public async Task ApproveHeld_Once_IsOneCommitWithTheHeldPathsAlone()
    {
        await using var ground = await GroundAsync();
        var (draft, opened) = await OpenedAsync(ground);

        var approval = Approval(draft, opened);
        var approved = Assert.IsType<ApproveResult.Approved>(await ground.Forge.ApproveHeldAsync(approval, default));
        var again = Assert.IsType<ApproveResult.Approved>(await ground.Forge.ApproveHeldAsync(approval, default));

        Assert.Equal((approved, approved.HeadCommit), (again, await ground.HeadAsync(draft.Branch)));
        Assert.Equal([approved.HeadCommit], await ground.CommitsAsync(opened.HeadCommit, approved.HeadCommit));
        Assert.Equal("two\n* @acme\n", await ground.ShowAsync(approved.HeadCommit, "a.py") + await ground.ShowAsync(approved.HeadCommit, Owners));
        Assert.Contains("Co-authored-by: ana <17+ana@users.noreply.127.0.0.1>\n", (await ground.Calls.Git.GetCommitAsync(approved.HeadCommit, default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApproveHeld_AfterAFollowUp_KeepsItsCommit()
    {
        await using var ground = await GroundAsync();
        var (draft, opened) = await OpenedAsync(ground);
        var move = await ground.FollowUpAsync(draft, opened);
        var moved = Assert.IsType<MoveResult.Moved>(await ground.Forge.MoveAsync(move, default));

        var approval = Approval(draft, opened);
        approval = approval with
        {
            PullRequest = approval.PullRequest with { HeadCommit = moved.HeadCommit },
            Changes = [.. approval.Changes, new HeldChange(move.Change.BaseCommit, move.Change.Patch)],
        };
        var approved = Assert.IsType<ApproveResult.Approved>(await ground.Forge.ApproveHeldAsync(approval, default));

        Assert.Equal([approved.HeadCommit], await ground.CommitsAsync(moved.HeadCommit, approved.HeadCommit));
        Assert.Equal("three\n* @acme\n", await ground.ShowAsync(approved.HeadCommit, "a.py") + await ground.ShowAsync(approved.HeadCommit, Owners));
    }

    [Fact]
    public async Task ApproveHeld_SomebodyPushedSince_IsRefusedAndChangesNothing()
    {
        await using var ground = await GroundAsync();
        var (draft, opened) = await OpenedAsync(ground);
        var theirs = await ground.PushAsync(draft.Branch, "b.py", "theirs\n");

        var refused = Assert.IsType<ApproveResult.Refused>(await ground.Forge.ApproveHeldAsync(Approval(draft, opened), default));

        Assert.Contains("somebody pushed", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(theirs, await ground.HeadAsync(draft.Branch));
    }

    [Fact]
    public async Task ApproveHeld_WithAWorkflow_WritesTheRestAndOffersItsPatch()
    {
        await using var ground = await GroundAsync();
        var (draft, opened) = await OpenedAsync(ground, (Workflow, "on: push\n"), (Owners, "* @acme\n"), (".codex/config.yml", "label: bot\n"));

        var approval = Approval(draft, opened);
        var approved = Assert.IsType<ApproveResult.Approved>(await ground.Forge.ApproveHeldAsync(approval, default));
        var again = Assert.IsType<ApproveResult.Approved>(await ground.Forge.ApproveHeldAsync(approval, default));

        Assert.Equal([approved.HeadCommit], await ground.CommitsAsync(opened.HeadCommit, approved.HeadCommit));
        Assert.Equal((approved.HeadCommit, approved.HeadCommit), (again.HeadCommit, await ground.HeadAsync(draft.Branch)));
        Assert.Equal("* @acme\nlabel: bot\n", await ground.ShowAsync(approved.HeadCommit, Owners) + await ground.ShowAsync(approved.HeadCommit, ".codex/config.yml"));
        Assert.Equal([Workflow], approved.ByHand!.Paths);
        Assert.Contains("lets me write no workflow files", approved.ByHand.Reason, StringComparison.Ordinal);
        Assert.Equal(approved.ByHand.Patch, again.ByHand!.Patch);

        // What a person makes of it on the branch is what was verified.
        Assert.Equal("on: push\n", await ground.ApplyAsync(approved.HeadCommit, approved.ByHand.Patch, Workflow));
    }

    [Fact]
    public async Task ApproveHeld_NothingButAWorkflow_LeavesTheBranchAndOffersItsPatch()
    {
        await using var ground = await GroundAsync();
        var (draft, opened) = await OpenedAsync(ground, (Workflow, "on: push\n"));

        var approved = Assert.IsType<ApproveResult.Approved>(await ground.Forge.ApproveHeldAsync(Approval(draft, opened), default));

        Assert.Equal((opened.HeadCommit, opened.HeadCommit), (approved.HeadCommit, await ground.HeadAsync(draft.Branch)));
        Assert.Equal("on: push\n", await ground.ApplyAsync(approved.HeadCommit, approved.ByHand!.Patch, Workflow));
    }

    private Task<GitHubGround> GroundAsync() => GitHubGround.CreateAsync(emulator, [("a.py", "one\n")]);

    private static async Task<(PullRequestDraft Draft, OpenResult.Opened Opened)> OpenedAsync(GitHubGround ground, params (string Path, string Content)[] held)
    {
        held = held.Length > 0 ? held : [(Owners, "* @acme\n")];
        var draft = await ground.DraftAsync([("a.py", "two\n"), .. held]);
        var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));
        Assert.Equal(held.Select(one => one.Path).Order(StringComparer.Ordinal), opened.HeldForApproval.Order(StringComparer.Ordinal));
        return (draft, opened);
    }

    private static HeldApproval Approval(PullRequestDraft draft, OpenResult.Opened opened) =>
        new(ForgeGround.Reference(draft, opened), opened.HeldForApproval, [new HeldChange(draft.BaseCommit, draft.Patch)], "ana") { ApprovedById = 17 };
}
