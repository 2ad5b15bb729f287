using System.Diagnostics;
using System.Text.Json;
using CodexService.Agent.Loop;
using CodexService.Agent.Tests.Scripted;
using CodexService.Agent.Tools;
using CodexService.Models;
using Microsoft.Extensions.AI;
using Xunit.Abstractions;

namespace CodexService.Agent.Tests.Context;

public sealed class OverheadTests(ITestOutputHelper output)
{
    // The figure is printed; what is asserted holds on a machine under any load, because it counts instead of timing.
    [Fact]
    public async Task Overhead_OfHundredTurns_CountsEachMessageFewTimes()
    {
        // Compiles what is measured, so that the figure is that of a service that runs.
        await RunAsync(20);
        var counted = new List<int>();
        foreach (var turns in new[] { 100, 200 })
        {
            var (model, elapsed) = await RunAsync(turns);
            counted.Add(model.Counted);
            output.WriteLine($"{turns} turns: {elapsed.TotalMilliseconds / turns:0.000} ms a turn, {model.Counted} counts");
        }

        // Linear: twice the turns cost at most little more than twice the counts.
        Assert.True(counted[1] <= counted[0] * 2.2, $"{counted[0]} counts for 100 turns, {counted[1]} for 200");
    }

    private static async Task<(ScriptedModelCaller Model, TimeSpan Elapsed)> RunAsync(int turns)
    {
        await using var bench = await AgentBench.WithAsync();
        bench.Options.MaxTurns = turns;
        var model = new ScriptedModelCaller((_, _) => Task.FromResult(ScriptedModelCaller.Answer([ScriptedModelCaller.Call("view", new { path = $"f{Guid.NewGuid():n}.py" })]))) { RepeatsLast = true };
        var started = Stopwatch.GetTimestamp();
        await new ModelAgent(new SingleModelCatalog(model), new Instant(), new(), Microsoft.Extensions.Options.Options.Create(bench.Options), bench.Clock).RunAsync(bench.Context(), CancellationToken.None);
        return (model, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>Tools that take no time and answer 2 KiB each, so that masking happens every few turns.</summary>
    private sealed class Instant : IToolbox, IToolboxFactory
    {
        private int next;

        public IReadOnlyList<AIFunctionDeclaration> Declarations { get; } = [AIFunctionFactory.CreateDeclaration("view", "View.", JsonDocument.Parse("{}").RootElement)];

        public Task<IToolbox> CreateAsync(BrainContext context, CancellationToken cancellationToken) => Task.FromResult<IToolbox>(this);

        public Task<ToolOutcome> InvokeAsync(FunctionCallContent call, CancellationToken cancellationToken) =>
            Task.FromResult(new ToolOutcome($"{next++} {new string('x', 2048)}"));
    }
}
