using CodexService.PullRequests.Forges;
using CodexService.Repositories;
using CodexService.Testing.GitHub;

namespace CodexService.PullRequests.Tests.Forges.GitHub;

/// <summary>People push in the very moment in which we do, and GitHub asks to come back later.</summary>
[Collection(EmulatorTests.Name)]
public sealed class MovedMeanwhileTests(EmulatorFixture emulator)
{
    [Fact]
    public async Task Move_SomebodyPushesAtThatMoment_IsTriedAgainOnTopOfTheirs()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, [("a.py", "one\n")]);
        var draft = await ground.DraftAsync();
        var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));
        var move = await ground.FollowUpAsync(draft, opened);
        string? theirs = null;
        ground.BeforeBranchMoves = async () => theirs ??= await ground.PushAsync(draft.Branch, "b.py", "theirs\n");

        var trouble = await Assert.ThrowsAsync<RepositoryException>(() => ground.Forge.MoveAsync(move, default));
        var moved = Assert.IsType<MoveResult.Moved>(await ground.Forge.MoveAsync(move, default));

        Assert.Equal((RepositoryErrorKind.Unreachable, $"somebody pushed to {draft.Branch} at this moment"), (trouble.Kind, trouble.Message));
        Assert.True(moved.Rebased);
        Assert.Equal([moved.HeadCommit, theirs!, opened.HeadCommit], await ground.CommitsAsync(draft.BaseCommit, moved.HeadCommit));
    }

    [Fact]
    public async Task Move_BranchThatGitHubDoesNotLetUsMove_IsRefused()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, [("a.py", "one\n")]);
        var draft = await ground.DraftAsync();
        var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));
        var move = await ground.FollowUpAsync(draft, opened);
        await ground.Control.InjectAsync(new EmulatedFault { Kind = "refused", Method = "PATCH", Path = $"^/repos/{ground.Repository}/git/refs/" });

        Assert.IsType<MoveResult.Refused>(await ground.Forge.MoveAsync(move, default));
    }

    [Fact]
    public async Task Move_RateLimit_TellsWhenToComeBack()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, [("a.py", "one\n")]);
        var draft = await ground.DraftAsync();
        var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));
        var move = await ground.FollowUpAsync(draft, opened);
        await ground.Control.InjectAsync(new EmulatedFault { Kind = "busy", Seconds = 3600, Path = $"^/repos/{ground.Repository}/" });

        var trouble = await Assert.ThrowsAsync<RepositoryException>(() => ground.Forge.MoveAsync(move, default));

        Assert.Equal((RepositoryErrorKind.Unreachable, TimeSpan.FromHours(1)), (trouble.Kind, trouble.RetryAfter));
    }
}
