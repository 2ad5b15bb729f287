using CodexService.Benchmarks.Measuring;
using CodexService.Benchmarks.Running;

namespace CodexService.Benchmarks.Agents;

/// <summary>What the model brain costs beside its model and tools, and what attempts beside each other cost its tools.</summary>
internal sealed class AgentBenchmark : IBenchmark
{
    private const int FewTurns = 10;
    private const int Turns = 100;
    private const int ManyTurns = 200;

    public string Name => "agent";

    public string Method =>
        "Turns of the model brain with a model that answers at once and a tool that answers 2 KiB at once, so that what is"
        + " left is the agent: prompt, token counts, masking, journal (in memory), stuck detection, and git in a real sandbox"
        + $" for the state that stands where results were masked. A figure is the mean of the last {TurnOverhead.Measured} turns before the named"
        + " one, with the default working context (24,000 tokens, older results masked) and with one so large that nothing is"
        + $" ever masked. Then attempts in sandboxes of their own: each calls `shell` with `true` and `view` in turn, {ToolRoundTrips.Rounds} times, with"
        + $" {ToolRoundTrips.Pause.TotalMilliseconds:0} ms after each call in which a model would think; one attempt alone stands beside {ToolRoundTrips.Attempts} at once.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Plan plan, CancellationToken cancellationToken)
    {
        var masked = new Comparison($"turn {Turns}", $"turn {FewTurns}", "ms");
        var growth = new Comparison($"turn {ManyTurns}", $"turn {Turns}", "ms");
        var whole = new Comparison($"turn {Turns}", $"turn {FewTurns}", "ms");
        var wholeGrowth = new Comparison($"turn {ManyTurns}", $"turn {Turns}", "ms");
        var shell = new Comparison($"{ToolRoundTrips.Attempts} at once", "1 alone", "ms");
        var view = new Comparison($"{ToolRoundTrips.Attempts} at once", "1 alone", "ms");
        using var factory = EngineEndpoint.NewFactory();
        await using var overhead = await TurnOverhead.OpenAsync(factory, cancellationToken);
        await using var trips = await ToolRoundTrips.OpenAsync(factory, cancellationToken);

        // Compiles what is measured, so that the figures are those of a service that runs.
        await overhead.MeasureAsync(ManyTurns, masks: true, cancellationToken);
        for (var run = 1; run <= plan.Runs; run++)
        {
            plan.Say($"run {run} of {plan.Runs}");
            var turns = await overhead.MeasureAsync(ManyTurns, masks: true, cancellationToken);
            masked.Add(turns(Turns), turns(FewTurns));
            growth.Add(turns(ManyTurns), turns(Turns));
            turns = await overhead.MeasureAsync(ManyTurns, masks: false, cancellationToken);
            whole.Add(turns(Turns), turns(FewTurns));
            wholeGrowth.Add(turns(ManyTurns), turns(Turns));

            var alone = await trips.MeasureAsync(1, cancellationToken);
            var together = await trips.MeasureAsync(ToolRoundTrips.Attempts, cancellationToken);
            shell.Add(together.Shell, alone.Shell);
            view.Add(together.View, alone.View);
        }

        return
        [
            masked.TimesAsLong($"the agent's part of a turn at {Turns} turns", Bound.Below(10, "ms")),
            growth.TimesAsLong($"the agent's part at {ManyTurns} turns", Bound.RatioAtMost(2)),
            whole.TimesAsLong($"the same at {Turns} turns, nothing masked", Bound.Below(10, "ms")),
            wholeGrowth.TimesAsLong($"the same at {ManyTurns} turns, nothing masked", Bound.RatioAtMost(2)),
            shell.TimesAsLong("round trip of `shell` in parallel attempts", Bound.RatioAtMost(3)),
            view.TimesAsLong("round trip of `view` in parallel attempts", Bound.RatioAtMost(3)),
        ];
    }
}
