using CodexService.Contracts.Api;
using static CodexService.Tasks.Tests.Fresh;

namespace CodexService.Tasks.Tests;

/// <summary>Pull requests that their forge does not show any more.</summary>
public sealed class CodingTaskUnseenTests
{
    [Fact]
    public void NotSeenOnForge_AgainAndAgain_IsSaidOnceAndLookedForLessAndLessOftenForAMonth()
    {
        var task = Succeeded();
        var looks = new List<TimeSpan>();

        for (DateTimeOffset? look = Now; look is { } now; look = task.PullRequest!.NextLookAt)
        {
            looks.Add(now - Now);
            task.NotSeenOnForge("the GitHub App is not installed on acme/shop", now);
        }

        Assert.Equal([0, 10, 20, 40, 80, 160, 320, 640, 1280], looks.Take(9).Select(look => look.TotalMinutes));
        Assert.All(looks.Zip(looks.Skip(1)).Skip(9), pair => Assert.Equal(TimeSpan.FromDays(1), pair.Second - pair.First));
        Assert.InRange(looks[^1], TimeSpan.FromDays(30), TimeSpan.FromDays(31));
        Assert.Equal((PullRequestState.Open, Now), (task.PullRequest!.State, task.PullRequest.UnseenSince));
        Assert.Equal(
            "Pull request #1 cannot be followed on its forge, which is asked less and less often, and no more after 30 days: the GitHub App is not installed on acme/shop",
            Assert.Single(task.NewEvents, entry => entry.Type == TaskEventTypes.GivenUp).Message);
    }

    [Fact]
    public void SeenOnForge_WasUnseen_IsFollowedAsBeforeAndTheNextTimeIsSaidAnew()
    {
        var task = Succeeded();
        task.NotSeenOnForge("gone", Now);

        task.SeenOnForge();

        Assert.Equal((null, null), (task.PullRequest!.UnseenSince, task.PullRequest.NextLookAt));
        task.NotSeenOnForge("gone", Now);
        Assert.Equal(2, task.NewEvents.Count(entry => entry.Type == TaskEventTypes.GivenUp));
    }

    [Fact]
    public void NotSeenOnForge_ClosedMeanwhile_IsNotSaid()
    {
        var task = Succeeded();
        task.ClosePullRequest(Now);

        task.NotSeenOnForge("gone", Now);

        Assert.Null(task.PullRequest!.UnseenSince);
        Assert.DoesNotContain(task.NewEvents, entry => entry.Type == TaskEventTypes.GivenUp);
    }
}
