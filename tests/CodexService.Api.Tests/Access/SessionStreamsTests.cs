using CodexService.Api.Access;
using CodexService.Testing;

namespace CodexService.Api.Tests.Access;

/// <summary>Streams that are open when somebody signs out.</summary>
public sealed class SessionStreamsTests
{
    [Fact]
    public async Task While_TheSessionEnds_NothingFollowsWithTheNextLook()
    {
        var clock = new TestClock();
        var isSignedIn = true;
        var looks = 0;
        var seen = new List<int>();

        await foreach (var item in SessionStreams.WhileAsync(Items(), IsSignedInAsync, clock, default))
        {
            seen.Add(item);
            isSignedIn = item < 6;
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([1, 2, 3, 4, 5, 6], seen);
        Assert.Equal(3, looks);

        Task<bool> IsSignedInAsync(CancellationToken cancellationToken)
        {
            looks++;
            return Task.FromResult(isSignedIn);
        }
    }

    private static async IAsyncEnumerable<int> Items()
    {
        for (var i = 1; i < 100; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }
}
