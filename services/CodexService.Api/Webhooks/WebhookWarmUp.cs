using System.Text;
using CodexService.GitHub.Webhooks;

namespace CodexService.Api.Webhooks;

/// <summary>
/// Reads a large delivery of its own making a few times once the service is up, so that the runtime has compiled that way before GitHub's
/// first one comes: GitHub's would wait for it. Some tens of milliseconds of work, in the background; nothing is stored.
/// </summary>
internal sealed partial class WebhookWarmUp(
    WebhookSecret secret, LargeBodies large, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<WebhookWarmUp> logger) : BackgroundService
{
    // The runtime counts calls only when it has been quiet for 100 ms, and compiles in steps: as it came, instrumented, optimised.
    private const int Passes = 6;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>A push that is just larger than what is read in one piece.</summary>
    internal static byte[] Push()
    {
        var text = new StringBuilder("""{"ref":"refs/heads/main","repository":{"id":1,"full_name":"warm/up"},"sender":{"login":"warm-up","type":"User"},"commits":[""", LargeBodies.Small + 1000);
        while (text.Length <= LargeBodies.Small)
        {
            text.Append(text[^1] == '[' ? "" : ",").Append(
                """{"id":"0123456789abcdef0123456789abcdef01234567","distinct":true,"message":"Change","timestamp":"2026-01-02T03:04:05Z","author":{"name":"A"},"added":[],"modified":["a.py","b.py"]}""");
        }

        return Encoding.UTF8.GetBytes(text.Append("]}").ToString());
    }

    /// <summary>Reads a delivery as the endpoint does, and answers what would be stored of it.</summary>
    internal static async Task<byte[]> PassAsync(byte[] push, WebhookSignature signature, LargeBodies large, CancellationToken cancellationToken)
    {
        using var sent = new MemoryStream(push);
        var request = new DefaultHttpContext { Request = { Body = sent, ContentLength = push.Length } }.Request;
        using var check = signature.Begin();
        using var reading = new DeliveryBody(request, check, large);
        var body = await reading.ReadAsync(push.Length, cancellationToken);
        check.IsValid("sha256=0");
        return WebhookPayload.Read(body!.Value.Span).Write();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        try
        {
            if (await secret.FindAsync(stoppingToken) is not { } signature)
            {
                // Nobody sends any.
                return;
            }

            var push = Push();
            for (var pass = 0; pass < Passes; pass++)
            {
                await PassAsync(push, signature, large, stoppingToken);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            // The first delivery takes longer then, and nothing else.
            LogFailed(e.Message);
        }
    }

    [LoggerMessage(LogLevel.Debug, "Reading deliveries was not warmed up ({Reason})")]
    private partial void LogFailed(string reason);
}
