using CodexService.GitHub;
using CodexService.PullRequests.Forges;
using CodexService.Repositories;
using CodexService.Testing.GitHub;

namespace CodexService.PullRequests.Tests.Forges.GitHub;

/// <summary>A follow-up that merges the base, whatever happens between two calls: one commit with two parents comes of it.</summary>
[Collection(EmulatorTests.Name)]
public sealed class MergeFaultTests(EmulatorFixture emulator)
{
    [Theory]
    [InlineData("cut")]
    [InlineData("lost")]
    public async Task Move_ResolutionKilledAtEveryCall_IsFinishedByTheNextTry(string kind)
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, [("a.py", "one\n")], ("GitHub:Retries", "0"));
        var first = await ground.DraftAsync();
        var tip = await ground.PushAsync("main", "a.py", "theirs\n");
        var calls = 0;
        for (var hit = true; hit; calls++)
        {
            var task = new Guid(calls + 1, 0, 0x7000, [0x80, 0, 0, 0, 0, 0, 0, (byte)calls]);
            var draft = first with
            {
                TaskId = task,
                Branch = BranchName.For("Fix add", task),
                CommitMessage = first.CommitMessage.Replace(first.TaskId.ToString("D"), task.ToString("D"), StringComparison.Ordinal),
            };
            var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));
            var move = await ground.ResolutionAsync(draft, opened, tip, ("a.py", "both\n"));
            await ground.Control.InjectAsync(new EmulatedFault { Kind = kind, Path = $"^/repos/{ground.Repository}/", Skip = calls });
            await TryAsync(() => ground.Forge.MoveAsync(move, default));
            hit = (await ground.Control.CalmAsync()).Count > 0;
            await ground.RestartAsync();

            var moved = Assert.IsType<MoveResult.Moved>(await ground.Forge.MoveAsync(move, default));

            Assert.Equal(moved.HeadCommit, await ground.HeadAsync(draft.Branch));
            Assert.Equal([opened.HeadCommit, tip], await ground.ParentsAsync(moved.HeadCommit));
            Assert.Equal([moved.HeadCommit, opened.HeadCommit], await ground.CommitsAsync(tip, moved.HeadCommit));
        }

        Assert.InRange(calls, 6, 25);
    }

    // What a process that was killed at this call would have left behind.
    private static async Task TryAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception e) when (e is RepositoryException or GitHubException)
        {
            Assert.DoesNotContain('\n', e.Message);
        }
    }
}
