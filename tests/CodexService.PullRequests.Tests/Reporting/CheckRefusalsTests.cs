using CodexService.GitHub;
using CodexService.PullRequests.Reporting;
using CodexService.Testing;

namespace CodexService.PullRequests.Tests.Reporting;

public sealed class CheckRefusalsTests
{
    private static readonly RepositoryName Shop = RepositoryName.Parse("acme/shop");

    [Fact]
    public void Of_AnHourAfterTheRefusal_IsForgottenSoThatAGrantedPermissionCounts()
    {
        var clock = new TestClock();
        var refusals = new CheckRefusals(clock);
        refusals.Add(Shop, "not granted");

        clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal("not granted", refusals.Of(Shop));
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(refusals.Of(Shop));

        // Refused again: that counts from now on.
        refusals.Add(Shop, "still not granted");
        Assert.Equal("still not granted", refusals.Of(Shop));
        Assert.Null(refusals.Of(RepositoryName.Parse("acme/other")));
    }
}
