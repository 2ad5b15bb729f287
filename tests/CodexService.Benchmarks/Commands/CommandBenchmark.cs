using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using CodexService.Benchmarks.Measuring;
using CodexService.Benchmarks.Running;
using CodexService.Sandbox;

namespace CodexService.Benchmarks.Commands;

/// <summary>Commands in a running sandbox beside calls of the engine on the same container.</summary>
internal sealed class CommandBenchmark : IBenchmark
{
    private const int WarmUp = 30;
    private const int InTurn = 40;
    private const int BackToBack = 200;
    private const int Creations = 7;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public string Name => "sandbox";

    public string Method =>
        "`true` in a running sandbox, beside `true` by the engine's exec calls (create, start, read to the end) on the same"
        + " container over the engine's socket. The two are done in turn with a pause of 20 ms after each, as an agent that thinks between commands; then commands alone, back to back. A new sandbox"
        + " with its first command stands beside `docker run --rm --network none <image> true`.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Plan plan, CancellationToken cancellationToken)
    {
        var inTurn = new Comparison("command", "exec call", "ms");
        var burst = new Comparison("command", "exec call", "ms");
        var creation = new Comparison("new sandbox", "docker run", "ms");
        using var factory = EngineEndpoint.NewFactory();
        using var engine = EngineEndpoint.NewClient();
        using var uploads = new UploadComparison();
        for (var run = 1; run <= plan.Runs; run++)
        {
            plan.Say($"run {run} of {plan.Runs}");
            await using (var sandbox = await EngineEndpoint.CreateAsync(factory, cancellationToken))
            {
                var command = new SandboxCommand("true");
                for (var i = 0; i < WarmUp; i++)
                {
                    await sandbox.RunAsync(command, cancellationToken);
                }

                var (exec, one) = await Timing.InTurnAsync(
                    InTurn,
                    Pause,
                    () => ExecAsync(engine, sandbox.Id, cancellationToken),
                    () => sandbox.RunAsync(command, cancellationToken),
                    cancellationToken);
                inTurn.Add(one, exec);
                var all = new List<double>();
                for (var i = 0; i < BackToBack; i++)
                {
                    all.Add((await Timing.OfAsync(() => sandbox.RunAsync(command, cancellationToken))).TotalMilliseconds);
                }

                burst.Add(Spread.Of(all).Median, exec);
                await uploads.MeasureAsync(sandbox, cancellationToken);
            }

            var (docker, created) = await CreateAsync(factory, cancellationToken);
            creation.Add(created, docker);
        }

        return
        [
            inTurn.TimesFaster("a command in a running sandbox is faster than an exec call", Bound.RatioAtLeast(30)),
            burst.TimesFaster("commands back to back", null),
            creation.TimesAsLong("a new sandbox and its first command", null),
            uploads.ToFigure(),
        ];
    }

    private static async Task<(double Docker, double Created)> CreateAsync(CodexService.Sandbox.Docker.DockerSandboxFactory factory, CancellationToken cancellationToken)
    {
        var dockers = new List<double>();
        var creations = new List<double>();
        for (var i = 0; i < Creations; i++)
        {
            dockers.Add((await Timing.OfAsync(() => ProgramRun.DockerRunAsync(cancellationToken))).TotalMilliseconds);
            ISandbox? made = null;
            creations.Add((await Timing.OfAsync(async () =>
            {
                made = await EngineEndpoint.CreateAsync(factory, cancellationToken);
                await made.RunAsync(new SandboxCommand("true"), cancellationToken);
            })).TotalMilliseconds);
            await made!.DisposeAsync();
        }

        return (Spread.Of(dockers).Median, Spread.Of(creations).Median);
    }

    private static async Task ExecAsync(HttpClient engine, string container, CancellationToken cancellationToken)
    {
        using var create = Json("""{"AttachStdout":true,"AttachStderr":true,"Cmd":["true"]}""");
        using var created = await engine.PostAsync($"/containers/{container}/exec", create, cancellationToken);
        created.EnsureSuccessStatusCode();
        var exec = (await created.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("Id").GetString();
        using var start = Json("""{"Detach":false,"Tty":false}""");
        using var started = await engine.PostAsync($"/exec/{exec}/start", start, cancellationToken);
        started.EnsureSuccessStatusCode();
        await started.Content.LoadIntoBufferAsync(cancellationToken);

        static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
    }
}
