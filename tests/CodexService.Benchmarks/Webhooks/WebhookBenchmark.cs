using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CodexService.Benchmarks.Measuring;
using CodexService.Benchmarks.Running;
using CodexService.Benchmarks.Submissions;
using CodexService.PrivatePostgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexService.Benchmarks.Webhooks;

/// <summary>How long GitHub waits for the answer to a delivery.</summary>
internal sealed class WebhookBenchmark : IBenchmark
{
    private const string Secret = "a secret of the benchmark alone";
    private const int Deliveries = 300;
    private const int LargeDeliveries = 3;
    private const int UsualBytes = 25_000;
    private const int LargeBytes = 24 << 20;

    public string Name => "webhook";

    public string Method =>
        $"{Deliveries} signed deliveries of {UsualBytes / 1000} kB, one after the other, to the API process on a private PostgreSQL with `fsync` on: each is"
        + " proven, stored with its message in one commit, and answered. The slowest of them counts, beside the median of as many"
        + $" calls of `GET /health/live`. Then {LargeDeliveries} deliveries of {LargeBytes >> 20} MiB, close to the largest that GitHub sends. The very first delivery of the"
        + " process, which is one of those and comes after `GET /health/ready`, stands by itself.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Plan plan, CancellationToken cancellationToken)
    {
        var usual = new Comparison("slowest delivery", "live check", "ms");
        var large = new Comparison("slowest large delivery", "live check", "ms");
        var first = new Comparison("first delivery", "live check", "ms");
        using var scratch = new ScratchFolder();
        await using var postgres = await PrivatePostgresServer.StartAsync(
            new PrivatePostgresOptions { DataDirectory = scratch.File("postgres"), Durable = true }, NullLogger.Instance, cancellationToken);
        var settings = SubmitBenchmark.Settings(scratch);
        settings["CODEX_DATABASE"] = await postgres.CreateDatabaseAsync("codex", cancellationToken);
        settings["CODEX_GITHUB_WEBHOOK_SECRET"] = Secret;
        await using var service = await ServiceProcess.StartAsync("CodexService.Api", settings, cancellationToken);
        using var http = service.NewClient();
        await TimeAsync(() => http.GetAsync("/health/ready", cancellationToken));
        var cold = await SlowestAsync(http, 1, LargeBytes, cancellationToken);
        await SlowestAsync(http, 50, UsualBytes, cancellationToken);
        for (var run = 1; run <= plan.Runs; run++)
        {
            plan.Say($"run {run} of {plan.Runs}");
            var alive = new List<double>();
            for (var i = 0; i < Deliveries; i++)
            {
                alive.Add(await TimeAsync(() => http.GetAsync("/health/live", cancellationToken)));
            }

            alive.Sort();
            var median = alive[Deliveries / 2];
            usual.Add(await SlowestAsync(http, Deliveries, UsualBytes, cancellationToken), median);
            large.Add(await SlowestAsync(http, LargeDeliveries, LargeBytes, cancellationToken), median);
            if (run == 1)
            {
                first.Add(cold, median);
            }
        }

        return [usual.TimesAsLong("a delivery is answered", Bound.Below(200, "ms")), large.TimesAsLong($"a delivery of {LargeBytes >> 20} MiB", Bound.Below(200, "ms")), first.TimesAsLong("the first delivery of a process", Bound.Below(200, "ms"))];
    }

    private static async Task<double> SlowestAsync(HttpClient http, int count, int bytes, CancellationToken cancellationToken)
    {
        var slowest = 0.0;
        for (var i = 0; i < count; i++)
        {
            // Signed before the clock runs: that is GitHub's work.
            var delivery = Delivery(Body(bytes));
            slowest = Math.Max(slowest, await TimeAsync(() => http.SendAsync(delivery, cancellationToken)));
        }

        return slowest;
    }

    private static async Task<double> TimeAsync(Func<Task<HttpResponseMessage>> call)
    {
        var began = Stopwatch.GetTimestamp();
        using var answer = await call();
        answer.EnsureSuccessStatusCode();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static HttpRequestMessage Delivery(byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/github") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("X-GitHub-Event", "push");
        request.Headers.Add("X-GitHub-Delivery", Guid.NewGuid().ToString());
        request.Headers.Add("X-Hub-Signature-256", $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), body))}");
        return request;
    }

    // A push of so many commits that it is this long: as readable and as compressible as what GitHub sends.
    private static byte[] Body(int bytes)
    {
        var random = new Random(bytes);
        var text = new StringBuilder("""{"ref":"refs/heads/main","repository":{"id":1,"full_name":"acme/shop"},"sender":{"login":"ann","type":"User"},"commits":[""", bytes + 1000);
        while (text.Length < bytes)
        {
            var id = $"{random.NextInt64():x16}{random.NextInt64():x16}{random.Next():x8}";
            text.Append(text[^1] == '[' ? "" : ",").Append(CultureInfo.InvariantCulture, $$"""
                {"id":"{{id}}","distinct":true,"message":"Change page {{random.Next(100_000)}} of the shop","timestamp":"2026-01-02T03:04:05Z","url":"https://github.com/acme/shop/commit/{{id}}",
                """)
                .Append(CultureInfo.InvariantCulture, $$"""
                "author":{"name":"Ann","email":"ann@example.com","username":"ann"},"added":[],"removed":[],"modified":["src/page{{random.Next(1000)}}.py","tests/test_page{{random.Next(1000)}}.py"]}
                """);
        }

        return Encoding.UTF8.GetBytes(text.Append("]}").ToString());
    }
}
