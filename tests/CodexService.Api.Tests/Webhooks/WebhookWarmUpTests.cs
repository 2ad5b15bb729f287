using CodexService.Api.Webhooks;
using CodexService.GitHub.Webhooks;

namespace CodexService.Api.Tests.Webhooks;

public sealed class WebhookWarmUpTests
{
    [Fact]
    public async Task Pass_GoesTheWayOfALargeDelivery()
    {
        using var large = new LargeBodies();
        var push = WebhookWarmUp.Push();

        var kept = WebhookPayload.Read(await WebhookWarmUp.PassAsync(push, new WebhookSignature("a secret of the test alone"), large, CancellationToken.None));

        Assert.True(push.Length > LargeBodies.Small, $"{push.Length} bytes are read in one piece");
        Assert.Equal(("warm/up", "warm-up"), (kept.Repository?.FullName, kept.Sender?.Login));
    }
}
