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
        Assert.InRange(GrowingPause.Left(0, new GitHubTaskOptions().DeliveryTries).TotalMinutes, 110, 130);
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(8, 640)]
    [InlineData(9, 900)]
    [InlineData(1_000_000, 900)]
    public void After_Failures_GrowsToAQuarterOfAnHour(int failures, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), GrowingPause.After(failures));
}
