using CodexService.PullRequests.Forges;
using CodexService.Testing.GitHub;

namespace CodexService.PullRequests.Tests.Forges.GitHub;

/// <summary>Held paths that a person approved, on the emulated GitHub with real git.</summary>
[Collection(EmulatorTests.Name)]
public sealed class HeldApprovalTests(EmulatorFixture emulator)
{
    private const string Workflow = ".github/workflows/ci.yml";

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
        Assert.Equal("two\non: push\n", await ground.ShowAsync(approved.HeadCommit, "a.py") + await ground.ShowAsync(approved.HeadCommit, Workflow));
        Assert.Contains("Co-authored-by: ana <", (await ground.Calls.Git.GetCommitAsync(approved.HeadCommit, default)).Message, StringComparison.Ordinal);
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
        Assert.Equal("three\non: push\n", await ground.ShowAsync(approved.HeadCommit, "a.py") + await ground.ShowAsync(approved.HeadCommit, Workflow));
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

    private Task<GitHubGround> GroundAsync() => GitHubGround.CreateAsync(emulator, [("a.py", "one\n")]);

    private static async Task<(PullRequestDraft Draft, OpenResult.Opened Opened)> OpenedAsync(GitHubGround ground)
    {
        var draft = await ground.DraftAsync([("a.py", "two\n"), (Workflow, "on: push\n")]);
        var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));
        Assert.Equal([Workflow], opened.HeldForApproval);
        return (draft, opened);
    }

    private static HeldApproval Approval(PullRequestDraft draft, OpenResult.Opened opened) =>
        new(ForgeGround.Reference(draft, opened), opened.HeldForApproval, [new HeldChange(draft.BaseCommit, draft.Patch)], "ana");
}
