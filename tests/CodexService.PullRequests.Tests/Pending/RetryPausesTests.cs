using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Pending;
using CodexService.Testing;

namespace CodexService.PullRequests.Tests.Pending;

/// <summary>How long failures are remembered, and how far growing pauses reach.</summary>
public sealed class RetryPausesTests
{
    [Fact]
    public void Failed_LongAfterItWasDue_BeginsAnew()
    {
        var clock = new TestClock();
        var pauses = new RetryPauses(clock);
        var first = pauses.Failed("a");
        clock.Advance(TimeSpan.FromMinutes(50));
        var second = pauses.Failed("a");
        clock.Advance(TimeSpan.FromHours(2));

        var later = pauses.Failed("a");

        Assert.Equal((first.Since, TimeSpan.FromSeconds(10)), second);
        Assert.Equal((clock.GetUtcNow(), TimeSpan.FromSeconds(5)), later);
    }

    [Fact]
    public void DeliveryTries_ByDefault_LastForAboutTwoHours()
    {
        var pauses = Enumerable.Range(1, new GitHubTaskOptions().DeliveryTries - 1).Sum(failures => GrowingPause.After(failures).TotalMinutes);

        Assert.InRange(pauses, 110, 130);
    }
}
