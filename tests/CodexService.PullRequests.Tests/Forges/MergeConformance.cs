using CodexService.PullRequests.Forges;
using CodexService.PullRequests.Tests.Forges.GitHub;
using CodexService.Testing.GitHub;

namespace CodexService.PullRequests.Tests.Forges;

/// <summary>What every <see cref="IForge"/> has to do with a follow-up that merges the base and resolves conflicts.</summary>
public abstract class MergeConformance
{
    private protected abstract Task<ForgeGround> StartAsync(params (string Path, string Content)[] files);

    [Fact]
    public async Task Move_ResolvedConflict_IsOneCommitWithBothParents_AndMergesAfterwards()
    {
        await using var ground = await StartAsync(("a.py", "one\n"), ("b.py", "one\n"));
        var (draft, opened) = await OpenAsync(ground);
        await ground.PushAsync("main", "b.py", "theirs\n");
        var tip = await ground.PushAsync("main", "a.py", "theirs\n");
        var move = await ground.ResolutionAsync(draft, opened, tip, ("a.py", "both\n"));

        var moved = Assert.IsType<MoveResult.Moved>(await ground.Forge.MoveAsync(move, default));
        var again = Assert.IsType<MoveResult.Moved>(await ground.Forge.MoveAsync(move, default));

        Assert.Equal((moved.HeadCommit, true, false), (again.HeadCommit, again.Adopted, moved.Adopted));
        Assert.Equal(moved.HeadCommit, await ground.HeadAsync(draft.Branch));
        Assert.Equal([opened.HeadCommit, tip], await ground.ParentsAsync(moved.HeadCommit));
        Assert.Equal("both\ntheirs\n", await ground.ShowAsync(moved.HeadCommit, "a.py") + await ground.ShowAsync(moved.HeadCommit, "b.py"));
        Assert.Empty(moved.HeldForApproval);
        var merged = Assert.IsType<MergeResult.Merged>(await ground.Forge.MergeAsync(ForgeGround.Reference(draft, opened) with { HeadCommit = moved.HeadCommit }, default));
        Assert.Equal("both\n", await ground.ShowAsync(merged.MergeCommit, "a.py"));
    }

    [Fact]
    public async Task Move_ResolutionWithHeldPaths_HoldsWhatIsNotTheBasesOwn()
    {
        const string Workflow = ".github/workflows/ci.yml";
        const string Other = ".github/actions/build/action.yml";
        await using var ground = await StartAsync(("a.py", "one\n"), (Workflow, "on: push\n"), (Other, "name: old\n"));
        var (draft, opened) = await OpenAsync(ground);
        await ground.PushAsync("main", Workflow, "on: pull_request\n");
        var tip = await ground.PushAsync("main", "a.py", "theirs\n");

        // As the base has it, it comes with the merge; what the resolution makes of another one is its own.
        var move = await ground.ResolutionAsync(draft, opened, tip, ("a.py", "both\n"), (Other, "name: new\n"));
        var moved = Assert.IsType<MoveResult.Moved>(await ground.Forge.MoveAsync(move, default));

        Assert.Equal([Other], moved.HeldForApproval);
        Assert.Equal("on: pull_request\n", await ground.ShowAsync(moved.HeadCommit, Workflow));
        Assert.Equal(ground.LeavesHeldOut ? "name: old\n" : "name: new\n", await ground.ShowAsync(moved.HeadCommit, Other));
        if (ground.LeavesHeldOut)
        {
            var reference = ForgeGround.Reference(draft, opened) with { HeadCommit = moved.HeadCommit };
            var approval = new HeldApproval(reference, [Other], [new HeldChange(draft.BaseCommit, draft.Patch), new HeldChange(opened.HeadCommit, move.Change.Patch) { MergedCommit = tip }], "writer");
            var approved = Assert.IsType<ApproveResult.Approved>(await ground.Forge.ApproveHeldAsync(approval, default));
            Assert.Equal("name: new\nboth\n", await ground.ShowAsync(approved.HeadCommit, Other) + await ground.ShowAsync(approved.HeadCommit, "a.py"));
            Assert.Equal([moved.HeadCommit], await ground.ParentsAsync(approved.HeadCommit));
        }
    }

    [Fact]
    public async Task Move_ResolutionThatTakesTheBasesSideAlone_IsRefused()
    {
        await using var ground = await StartAsync(("a.py", "one\n"));
        var (draft, opened) = await OpenAsync(ground);
        var tip = await ground.PushAsync("main", "a.py", "theirs\n");
        var move = await ground.ResolutionAsync(draft, opened, tip, ("a.py", "theirs\n"));

        var refused = Assert.IsType<MoveResult.Refused>(await ground.Forge.MoveAsync(move, default));

        Assert.Contains("leaves nothing of the pull request", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(opened.HeadCommit, await ground.HeadAsync(draft.Branch));
    }

    [Fact]
    public async Task Move_SomebodyPushedToTheBranchMeanwhile_KeepsTheirCommit()
    {
        const string Workflow = ".github/workflows/ci.yml";
        await using var ground = await StartAsync(("a.py", "one\n"), (Workflow, "on: push\n"));
        var (draft, opened) = await OpenAsync(ground);
        await ground.PushAsync("main", Workflow, "on: pull_request\n");
        var tip = await ground.PushAsync("main", "a.py", "theirs\n");
        var move = await ground.ResolutionAsync(draft, opened, tip, ("a.py", "both\n"));
        var mine = await ground.PushAsync(draft.Branch, "mine.py", "mine\n");

        var result = await ground.Forge.MoveAsync(move, default);

        var head = await ground.HeadAsync(draft.Branch);
        Assert.Equal("mine\n", await ground.ShowAsync(head, "mine.py"));
        Assert.True(Assert.IsType<MoveResult.Moved>(result).Rebased);
        Assert.Equal([mine, tip], await ground.ParentsAsync(head));
        Assert.Equal("both\n", await ground.ShowAsync(head, "a.py"));
        Assert.Equal("on: pull_request\n", await ground.ShowAsync(head, Workflow));
        Assert.Equal(head, Assert.IsType<MoveResult.Moved>(await ground.Forge.MoveAsync(move, default)).HeadCommit);
    }

    private static async Task<(PullRequestDraft Draft, OpenResult.Opened Opened)> OpenAsync(ForgeGround ground)
    {
        var draft = await ground.DraftAsync();
        return (draft, Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default)));
    }
}

/// <summary>The built-in review.</summary>
public sealed class LocalMergeConformanceTests : MergeConformance
{
    private protected override Task<ForgeGround> StartAsync(params (string Path, string Content)[] files) => LocalGround.CreateAsync(files);
}

/// <summary>GitHub, through its Git data API.</summary>
[Collection(EmulatorTests.Name)]
public sealed class GitHubMergeConformanceTests(EmulatorFixture emulator) : MergeConformance
{
    private protected override async Task<ForgeGround> StartAsync(params (string Path, string Content)[] files) => await GitHubGround.CreateAsync(emulator, files);
}

/// <summary>GitHub, with changes that are pushed by git because they are too large for the API.</summary>
[Collection(EmulatorTests.Name)]
public sealed class PushedMergeConformanceTests(EmulatorFixture emulator) : MergeConformance
{
    private protected override async Task<ForgeGround> StartAsync(params (string Path, string Content)[] files) =>
        await GitHubGround.CreateAsync(emulator, files, ("GitHubPullRequests:MostApiFiles", "1"), ("GitHubPullRequests:LargestApiFile", "1"));
}
