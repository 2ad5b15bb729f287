using CodexService.PullRequests.Forges;

namespace CodexService.PullRequests.Tests.Forges;

/// <summary>What every <see cref="IForge"/> has to do.</summary>
public abstract class ForgeConformance
{
    private protected abstract Task<ForgeGround> StartAsync(params (string Path, string Content)[] files);

    [Fact]
    public async Task Open_VerifiedPatch_IsOneCommitOnABranchOfItsOwn()
    {
        await using var ground = await StartAsync(("a.py", "one\n"), ("b.py", "one\n"));
        var draft = await ground.DraftAsync();

        var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));

        Assert.False(opened.Adopted);
        Assert.Equal(opened.HeadCommit, await ground.HeadAsync(draft.Branch));
        Assert.Equal([opened.HeadCommit], await ground.CommitsAsync(draft.BaseCommit, opened.HeadCommit));
        Assert.Equal("two\none\n", await ground.ShowAsync(opened.HeadCommit, "a.py") + await ground.ShowAsync(opened.HeadCommit, "b.py"));
        Assert.Equal(draft.BaseCommit, await ground.HeadAsync("main"));
    }

    [Fact]
    public async Task Open_Repeated_FindsTheFirst()
    {
        await using var ground = await StartAsync(("a.py", "one\n"));
        var draft = await ground.DraftAsync();

        var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));
        var again = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));

        Assert.Equal(opened with { Adopted = true }, again with { HeldForApproval = opened.HeldForApproval });
        Assert.Equal(2, (await ground.BranchesAsync()).Count);
    }

    [Fact]
    public async Task Open_FilesAddedDeletedAndExecutable_AreSo()
    {
        await using var ground = await StartAsync(("a.py", "one\n"), ("old/b.py", "one\n"));
        var draft = await ground.DraftAsync() with
        {
            Patch = """
                diff --git a/new dir/ünï.sh b/new dir/ünï.sh
                new file mode 100755
                index 0000000000000000000000000000000000000000..5716ca5987cbf97d6bb54920bea6adde242d87e6
                --- /dev/null
                +++ b/new dir/ünï.sh	
                @@ -0,0 +1 @@
                +bar
                diff --git a/old/b.py b/old/b.py
                deleted file mode 100644
                index 5626abf0f72e58d7a153368ba57db4c673c0e171..0000000000000000000000000000000000000000
                --- a/old/b.py
                +++ /dev/null
                @@ -1 +0,0 @@
                -one

                """,
        };

        var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));

        Assert.Equal("bar\n", await ground.ShowAsync(opened.HeadCommit, "new dir/ünï.sh"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => ground.ShowAsync(opened.HeadCommit, "old/b.py"));
    }

    [Fact]
    public async Task Open_PatchThatDoesNotApply_IsRefusedInOneLine()
    {
        await using var ground = await StartAsync(("a.py", "one\n"));
        var draft = await ground.DraftAsync();

        var refused = Assert.IsType<OpenResult.Refused>(await ground.Forge.OpenAsync(draft with { Patch = draft.Patch.Replace("-one", "-xyz", StringComparison.Ordinal) }, default));

        Assert.Contains("does not apply", refused.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Reason);
        Assert.Single(await ground.BranchesAsync());
    }

    [Fact]
    public async Task Move_FollowUp_PutsItsCommitOnTop()
    {
        await using var ground = await StartAsync(("a.py", "one\n"));
        var draft = await ground.DraftAsync();
        var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));
        var move = await ground.FollowUpAsync(draft, opened);

        var moved = Assert.IsType<MoveResult.Moved>(await ground.Forge.MoveAsync(move, default));
        var again = Assert.IsType<MoveResult.Moved>(await ground.Forge.MoveAsync(move, default));

        Assert.Equal((moved.HeadCommit, true), (again.HeadCommit, again.Adopted));
        Assert.Equal(moved.HeadCommit, await ground.HeadAsync(draft.Branch));
        Assert.Equal([moved.HeadCommit, opened.HeadCommit], await ground.CommitsAsync(draft.BaseCommit, moved.HeadCommit));
        Assert.Equal("three\n", await ground.ShowAsync(moved.HeadCommit, "a.py"));
    }

    [Fact]
    public async Task Move_AskedForByAnother_NamesThemWhereTheForgeKnowsAccounts()
    {
        await using var ground = await StartAsync(("a.py", "one\n"));
        var draft = await ground.DraftAsync() with { AskedBy = [new("ann", 1)] };
        var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));
        var move = await ground.FollowUpAsync(draft, opened);

        var moved = Assert.IsType<MoveResult.Moved>(await ground.Forge.MoveAsync(move with { Change = move.Change with { AskedBy = [new("bo", 2), new("renovate[bot]", 3), new("cy", null)] } }, default));

        Assert.Equal(ground.KnowsAccounts ? ["ann"] : [], await ground.CoAuthorsAsync(opened.HeadCommit));
        Assert.Equal(ground.KnowsAccounts ? ["bo", "cy"] : [], await ground.CoAuthorsAsync(moved.HeadCommit));
    }

    [Fact]
    public async Task Move_OtherPickOfTheRound_TakesThePlaceOfTheFirst()
    {
        await using var ground = await StartAsync(("a.py", "one\n"));
        var draft = await ground.DraftAsync();
        var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));
        var other = draft with { Patch = await ground.PatchAsync(draft.BaseCommit, ("a.py", "zwei\n")), At = ForgeGround.At.AddMinutes(1) };
        var move = new PullRequestMove(opened.Number ?? 1, opened.HeadCommit, other);

        var moved = Assert.IsType<MoveResult.Moved>(await ground.Forge.MoveAsync(move, default));
        var again = Assert.IsType<MoveResult.Moved>(await ground.Forge.MoveAsync(move, default));

        Assert.Equal(moved.HeadCommit, again.HeadCommit);
        Assert.Equal([moved.HeadCommit], await ground.CommitsAsync(draft.BaseCommit, await ground.HeadAsync(draft.Branch)));
        Assert.Equal("zwei\n", await ground.ShowAsync(moved.HeadCommit, "a.py"));
    }

    [Fact]
    public async Task Move_SomebodyPushedToTheBranch_KeepsTheirCommit()
    {
        await using var ground = await StartAsync(("a.py", "one\n"));
        var draft = await ground.DraftAsync();
        var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));
        var move = await ground.FollowUpAsync(draft, opened);
        var theirs = await ground.PushAsync(draft.Branch, "b.py", "mine\n");

        var result = await ground.Forge.MoveAsync(move, default);

        var head = await ground.HeadAsync(draft.Branch);
        Assert.Equal("mine\n", await ground.ShowAsync(head, "b.py"));
        var moved = Assert.IsType<MoveResult.Moved>(result);
        var again = Assert.IsType<MoveResult.Moved>(await ground.Forge.MoveAsync(move, default));
        Assert.True(moved.Rebased);
        Assert.Equal((head, head), (moved.HeadCommit, again.HeadCommit));
        Assert.Equal([head, theirs, opened.HeadCommit], await ground.CommitsAsync(draft.BaseCommit, head));
        Assert.Equal("three\n", await ground.ShowAsync(head, "a.py"));
    }

    [Fact]
    public async Task Move_SomebodyChangedTheSameLines_IsRefusedAndTheirsStay()
    {
        await using var ground = await StartAsync(("a.py", "one\n"));
        var draft = await ground.DraftAsync();
        var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));
        var move = await ground.FollowUpAsync(draft, opened);
        var theirs = await ground.PushAsync(draft.Branch, "a.py", "mine\n");

        var refused = Assert.IsType<MoveResult.Refused>(await ground.Forge.MoveAsync(move, default));

        Assert.Contains("conflicts with their commits in a.py", refused.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Reason);
        Assert.Equal(theirs, await ground.HeadAsync(draft.Branch));
    }

    [Fact]
    public async Task Move_OtherPickWhileSomebodyPushed_KeepsTheirCommitAndHasThePick()
    {
        await using var ground = await StartAsync(("a.py", "one\n"));
        var draft = await ground.DraftAsync();
        var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));
        var other = draft with { Patch = await ground.PatchAsync(draft.BaseCommit, ("a.py", "zwei\n")), At = ForgeGround.At.AddMinutes(1) };
        var theirs = await ground.PushAsync(draft.Branch, "b.py", "mine\n");

        var moved = Assert.IsType<MoveResult.Moved>(await ground.Forge.MoveAsync(new PullRequestMove(opened.Number ?? 1, opened.HeadCommit, other), default));

        Assert.True(moved.Rebased);
        Assert.Equal([moved.HeadCommit, theirs, opened.HeadCommit], await ground.CommitsAsync(draft.BaseCommit, moved.HeadCommit));
        Assert.Equal("zwei\nmine\n", await ground.ShowAsync(moved.HeadCommit, "a.py") + await ground.ShowAsync(moved.HeadCommit, "b.py"));
    }

    [Fact]
    public async Task Move_SomebodyRewroteTheBranch_IsRefusedAndLeftAsItIs()
    {
        await using var ground = await StartAsync(("a.py", "one\n"));
        var draft = await ground.DraftAsync();
        var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));
        var move = await ground.FollowUpAsync(draft, opened);
        await ground.RewriteBranchAsync(draft.Branch, draft.BaseCommit);
        var theirs = await ground.PushAsync(draft.Branch, "b.py", "mine\n");

        Assert.Contains("somebody rewrote the branch", Assert.IsType<MoveResult.Refused>(await ground.Forge.MoveAsync(move, default)).Reason, StringComparison.Ordinal);
        Assert.Equal(theirs, await ground.HeadAsync(draft.Branch));
    }

    [Fact]
    public async Task Move_BranchGone_IsRefused()
    {
        await using var ground = await StartAsync(("a.py", "one\n"));
        var draft = await ground.DraftAsync();
        var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));
        var move = await ground.FollowUpAsync(draft, opened);
        await ground.DeleteBranchAsync(draft.Branch);

        Assert.Contains("is gone from", Assert.IsType<MoveResult.Refused>(await ground.Forge.MoveAsync(move, default)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Merge_BaseThatMoved_BringsBothTogetherOnce()
    {
        await using var ground = await StartAsync(("a.py", "one\n"), ("b.py", "one\n"));
        var draft = await ground.DraftAsync();
        var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));
        await ground.PushAsync("main", "b.py", "theirs\n");

        var merged = Assert.IsType<MergeResult.Merged>(await ground.Forge.MergeAsync(ForgeGround.Reference(draft, opened), default));
        var again = Assert.IsType<MergeResult.Merged>(await ground.Forge.MergeAsync(ForgeGround.Reference(draft, opened), default));

        Assert.Equal(merged, again);
        Assert.Equal(merged.MergeCommit, await ground.HeadAsync("main"));
        Assert.Equal("two\ntheirs\n", await ground.ShowAsync(merged.MergeCommit, "a.py") + await ground.ShowAsync(merged.MergeCommit, "b.py"));
    }

    [Fact]
    public async Task Merge_Conflict_NamesTheFileAndChangesNothing()
    {
        await using var ground = await StartAsync(("a.py", "one\n"));
        var draft = await ground.DraftAsync();
        var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));
        var theirs = await ground.PushAsync("main", "a.py", "theirs\n");

        var refused = Assert.IsType<MergeResult.Refused>(await ground.Forge.MergeAsync(ForgeGround.Reference(draft, opened), default));

        Assert.Equal(["a.py"], refused.Conflicts);
        Assert.Contains("conflicts with main in a.py", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(theirs, await ground.HeadAsync("main"));
    }

    [Fact]
    public async Task Merge_HeadThatNobodyReviewed_IsRefused()
    {
        await using var ground = await StartAsync(("a.py", "one\n"));
        var draft = await ground.DraftAsync();
        var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));
        await ground.PushAsync(draft.Branch, "b.py", "mine\n");

        var refused = Assert.IsType<MergeResult.Refused>(await ground.Forge.MergeAsync(ForgeGround.Reference(draft, opened), default));

        Assert.Contains("changed after the review", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(draft.BaseCommit, await ground.HeadAsync("main"));
    }

    [Fact]
    public async Task Merge_BaseGone_IsRefused()
    {
        await using var ground = await StartAsync(("a.py", "one\n"));
        var draft = await ground.DraftAsync();
        var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));
        await ground.DeleteBranchAsync("main");

        Assert.Contains("base branch main is gone", Assert.IsType<MergeResult.Refused>(await ground.Forge.MergeAsync(ForgeGround.Reference(draft, opened), default)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Close_OpenPullRequest_LeavesTheBranch()
    {
        await using var ground = await StartAsync(("a.py", "one\n"));
        var draft = await ground.DraftAsync();
        var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));

        Assert.IsType<CloseResult.Closed>(await ground.Forge.CloseAsync(ForgeGround.Reference(draft, opened), default));
        Assert.IsType<CloseResult.Closed>(await ground.Forge.CloseAsync(ForgeGround.Reference(draft, opened), default));

        Assert.Equal(opened.HeadCommit, await ground.HeadAsync(draft.Branch));
    }
}
