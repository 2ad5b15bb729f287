using CodexService.Api.Webhooks;

namespace CodexService.Api.Tests.Webhooks;

public sealed class LargeBodiesTests
{
    [Fact]
    public async Task Enter_AllPlacesTaken_WaitsUntilOneIsFree()
    {
        using var large = new LargeBodies();
        var held = new List<IDisposable>();
        for (var i = 0; i < LargeBodies.AtOnce; i++)
        {
            held.Add(await large.EnterAsync(default));
        }

        var next = large.EnterAsync(default);
        Assert.False(next.IsCompleted);

        // Twice is once.
        held[0].Dispose();
        held[0].Dispose();
        (await next).Dispose();
        using var another = await large.EnterAsync(default);
        Assert.False(large.EnterAsync(default).IsCompleted);
    }
}
