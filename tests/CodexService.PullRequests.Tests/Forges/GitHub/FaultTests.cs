using System.Globalization;
using CodexService.PullRequests.Forges;
using CodexService.Repositories;
using CodexService.Testing.GitHub;

namespace CodexService.PullRequests.Tests.Forges.GitHub;

/// <summary>Whatever happens between two calls, one branch, one commit and one pull request come of a task.</summary>
[Collection(EmulatorTests.Name)]
public sealed class FaultTests(EmulatorFixture emulator)
{
    private const int MostTries = 12;

    private const int SeedsInAGroup = 12;

    /// <summary>Seeds: 48 opened pull requests, of which every second is moved under faults, too. The whole way, from the issue, is drawn 200 times elsewhere.</summary>
    public static TheoryData<int> Groups => [.. Enumerable.Range(0, 4)];

    [Theory]
    [MemberData(nameof(Groups))]
    public async Task OpenAndMove_FaultsDrawnBySeed_EndInOneOfEach(int group)
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, [("a.py", "one\n")]);
        var first = await ground.DraftAsync();
        var other = await ground.PatchAsync(first.BaseCommit, ("a.py", "zwei\n"));
        var expected = new Dictionary<string, string>(StringComparer.Ordinal) { ["main"] = first.BaseCommit };
        var injected = 0;
        for (var seed = group * SeedsInAGroup; seed < (group + 1) * SeedsInAGroup; seed++)
        {
            var draft = Of(first, seed);
            await InjectAsync(ground, seed);
            var opened = await UntilAsync<OpenResult.Opened>(ground, () => ground.Forge.OpenAsync(draft, default), result => (result as OpenResult.Refused)?.Reason);
            expected[draft.Branch] = opened.HeadCommit;
            if (seed % 2 == 0)
            {
                var move = new PullRequestMove(opened.Number!.Value, opened.HeadCommit, draft with { Patch = other });
                expected[draft.Branch] = (await UntilAsync<MoveResult.Moved>(ground, () => ground.Forge.MoveAsync(move, default), result => (result as MoveResult.Refused)?.Reason)).HeadCommit;
            }

            injected += (await ground.Control.CalmAsync()).Count;
        }

        Assert.Equal(expected.OrderBy(one => one.Key, StringComparer.Ordinal), (await ground.BranchesAsync()).OrderBy(one => one.Key, StringComparer.Ordinal));
        await ground.FetchAsync();
        foreach (var (branch, head) in expected.Where(one => one.Key != "main"))
        {
            Assert.Equal([head], await ground.CommitsFetchedAsync(first.BaseCommit, head));
            Assert.Equal(head, Assert.Single(await ground.Calls.PullRequests.ListByHeadAsync(branch, default)).Head.Sha);
        }

        Assert.True(injected > SeedsInAGroup, $"only {injected} faults were injected");
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("lost")]
    public async Task Open_KilledAtEveryCall_IsFinishedByTheNextTry(string kind)
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, [("a.py", "one\n")], ("GitHub:Retries", "0"));
        var first = await ground.DraftAsync();
        var calls = 0;
        for (var hit = true; hit; calls++)
        {
            var draft = Of(first, calls);
            await ground.Control.InjectAsync(new EmulatedFault { Kind = kind, Path = $"^/repos/{ground.Repository}/", Skip = calls });
            await TryAsync(() => ground.Forge.OpenAsync(draft, default));
            hit = (await ground.Control.CalmAsync()).Count > 0;
            await ground.RestartAsync();

            var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));

            Assert.Equal(opened.HeadCommit, await ground.HeadAsync(draft.Branch));
            Assert.Equal([opened.Number!.Value], (await ground.Calls.PullRequests.ListByHeadAsync(draft.Branch, default)).Select(pull => pull.Number));
            Assert.Equal(calls + 2, (await ground.BranchesAsync()).Count);
        }

        Assert.InRange(calls, 9, 25);
    }

    [Fact]
    public async Task Move_KilledAtEveryCall_IsFinishedByTheNextTry()
    {
        await using var ground = await GitHubGround.CreateAsync(emulator, [("a.py", "one\n")], ("GitHub:Retries", "0"));
        var first = await ground.DraftAsync();
        var calls = 0;
        for (var hit = true; hit; calls++)
        {
            var draft = Of(first, calls);
            var opened = Assert.IsType<OpenResult.Opened>(await ground.Forge.OpenAsync(draft, default));
            var theirs = await ground.PushAsync(draft.Branch, "b.py", "mine\n");
            var move = await ground.FollowUpAsync(draft, opened);
            await ground.Control.InjectAsync(new EmulatedFault { Kind = "lost", Path = $"^/repos/{ground.Repository}/", Skip = calls });
            await TryAsync(() => ground.Forge.MoveAsync(move, default));
            hit = (await ground.Control.CalmAsync()).Count > 0;
            await ground.RestartAsync();

            var moved = Assert.IsType<MoveResult.Moved>(await ground.Forge.MoveAsync(move, default));

            Assert.True(moved.Rebased);
            Assert.Equal(moved.HeadCommit, await ground.HeadAsync(draft.Branch));
            Assert.Equal([moved.HeadCommit, theirs, opened.HeadCommit], await ground.CommitsAsync(draft.BaseCommit, moved.HeadCommit));
        }

        Assert.InRange(calls, 7, 25);
    }

    private static PullRequestDraft Of(PullRequestDraft draft, int run)
    {
        var task = new Guid(run + 1, 0, 0x7000, [0x80, 0, 0, 0, 0, 0, (byte)(run >> 8), (byte)run]);
        return draft with
        {
            TaskId = task,
            Branch = BranchName.For("Fix add", task),
            CommitMessage = draft.CommitMessage.Replace(draft.TaskId.ToString("D"), task.ToString("D", CultureInfo.InvariantCulture), StringComparison.Ordinal),
        };
    }

    private static Task InjectAsync(GitHubGround ground, int seed) =>
        ground.Control.InjectAsync(new EmulatedFault { Seed = seed, Path = $"^/repos/{ground.Repository}/", Rate = 0.25, Most = 6 });

    // As the poller does: a process that met a fault is gone, the next one begins anew. A refusal that came of a fault is final for
    // the task; what is asked again by a person has to be finished all the same.
    private static async Task<T> UntilAsync<T>(GitHubGround ground, Func<Task<object>> act, Func<object, string?> reason)
        where T : class
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            try
            {
                var result = await act();
                if (result is T done)
                {
                    return done;
                }

                Assert.Contains("Validation Failed", reason(result), StringComparison.Ordinal);
                Assert.DoesNotContain('\n', reason(result)!);
            }
            catch (RepositoryException e)
            {
                Assert.Equal(RepositoryErrorKind.Unreachable, e.Kind);
                Assert.DoesNotContain('\n', e.Message);
            }

            await ground.RestartAsync();
        }

        throw new InvalidOperationException($"{MostTries} tries were not enough");
    }

    private static Task<T> UntilAsync<T>(GitHubGround ground, Func<Task<OpenResult>> act, Func<object, string?> reason)
        where T : class => UntilAsync<T>(ground, async () => (object)await act(), reason);

    private static Task<T> UntilAsync<T>(GitHubGround ground, Func<Task<MoveResult>> act, Func<object, string?> reason)
        where T : class => UntilAsync<T>(ground, async () => (object)await act(), reason);

    private static async Task TryAsync<T>(Func<Task<T>> act)
    {
        try
        {
            await act();
        }
        catch (RepositoryException e)
        {
            Assert.Equal(RepositoryErrorKind.Unreachable, e.Kind);
        }
    }
}
