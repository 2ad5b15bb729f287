using System.Text.Json;
using CodexService.Agent.Tools;
using CodexService.Benchmarks.Measuring;
using CodexService.Benchmarks.Running;
using CodexService.Sandbox;
using CodexService.Sandbox.Docker;
using Microsoft.Extensions.AI;

namespace CodexService.Benchmarks.Agents;

/// <summary>Attempts with sandbox and tools of their own that call tools as an agent does.</summary>
internal sealed class ToolRoundTrips : IAsyncDisposable
{
    public const int Attempts = 8;
    public const int Rounds = 15;

    /// <summary>Shorter than most models take for an answer of a hundred tokens.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly List<(ISandbox Sandbox, Toolbox Tools)> attempts = [];

    private ToolRoundTrips()
    {
    }

    public static async Task<ToolRoundTrips> OpenAsync(DockerSandboxFactory factory, CancellationToken cancellationToken)
    {
        var made = new ToolRoundTrips();
        try
        {
            for (var i = 0; i < Attempts; i++)
            {
                var sandbox = await EngineEndpoint.CreateAsync(factory, cancellationToken);
                var tools = await Toolbox.CreateAsync(sandbox, "true", new ToolboxOptions(), cancellationToken);
                made.attempts.Add((sandbox, tools));
                await InvokeAsync(tools, "write", new { path = "a.py", content = string.Concat(Enumerable.Repeat("x = 1\n", 100)) }, cancellationToken);
            }

            return made;
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    /// <summary>Medians in milliseconds over all calls of so many attempts at once.</summary>
    public async Task<(double Shell, double View)> MeasureAsync(int atOnce, CancellationToken cancellationToken)
    {
        var trips = await Task.WhenAll(attempts.Take(atOnce).Select((attempt, i) => CallAsync(attempt.Tools, Pause * i / Attempts, cancellationToken)));
        return (Spread.Of([.. trips.SelectMany(trip => trip.Shell)]).Median, Spread.Of([.. trips.SelectMany(trip => trip.View)]).Median);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (sandbox, _) in attempts)
        {
            await sandbox.DisposeAsync();
        }
    }

    private static async Task<(List<double> Shell, List<double> View)> CallAsync(Toolbox tools, TimeSpan start, CancellationToken cancellationToken)
    {
        // Models do not all answer at the same moment.
        await Task.Delay(start, TimeProvider.System, cancellationToken);
        var (shell, view) = (new List<double>(), new List<double>());
        for (var i = 0; i < Rounds; i++)
        {
            shell.Add((await Timing.OfAsync(() => InvokeAsync(tools, "shell", new { command = "true" }, cancellationToken))).TotalMilliseconds);
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            view.Add((await Timing.OfAsync(() => InvokeAsync(tools, "view", new { path = "a.py" }, cancellationToken))).TotalMilliseconds);
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }

        return (shell, view);
    }

    private static async Task InvokeAsync(Toolbox tools, string tool, object arguments, CancellationToken cancellationToken)
    {
        var given = JsonSerializer.SerializeToElement(arguments).Deserialize<Dictionary<string, object?>>();
        var outcome = await tools.InvokeAsync(new FunctionCallContent("1", tool, given), cancellationToken);
        if (outcome.IsError)
        {
            throw new InvalidOperationException($"{tool}: {outcome.Text}");
        }
    }
}
