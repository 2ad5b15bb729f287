using CodexService.Agent.Context;
using CodexService.Agent.Journal;
using CodexService.Models;

namespace CodexService.Agent.Loop;

/// <summary>What the event log learns about turns. Texts are one line and bounded.</summary>
internal static class TurnReport
{
    private const int LongestLine = 160;
    private const int LongestPlan = 2000;
    private const int MostCalls = 5;

    /// <summary>A finished turn, with what all turns and those of the attempt itself have used.</summary>
    public static BrainProgress Finished(TurnRecord turn, ModelUsage total, ModelUsage own, string? plan)
    {
        var results = turn.Results ?? [];
        var calls = turn.Calls.Zip(results).ToList();
        var done = calls.Count == 0
            ? $"answered without a call: {CallText.OneLine(turn.Answer?.Text ?? "", LongestLine)}"
            : string.Join("; ", calls.Take(MostCalls).Select(call => Line(call.First, call.Second))) + (calls.Count > MostCalls ? $" and {calls.Count - MostCalls} more" : "");
        return new BrainProgress("work", $"Turn {turn.Number}: {CallText.OneLine(done, 2 * LongestLine)}", Data: new
        {
            turn = turn.Number,
            model = turn.Model,
            tools = calls.Take(MostCalls).Select(call => new
            {
                name = CallText.OneLine(call.First.Name, LongestLine),
                line = Line(call.First, call.Second),
                error = call.Second.Outcome.IsError,
            }).ToArray(),
            input_tokens = total.InputTokens,
            cached_input_tokens = total.CachedInputTokens,
            output_tokens = total.OutputTokens,
            cost = total.Cost,
            plan = plan is { Length: > LongestPlan } ? $"{plan[..(LongestPlan - 1)]}…" : plan,
        })
        {
            Usage = own,
        };
    }

    private static string Line(Microsoft.Extensions.AI.FunctionCallContent call, TurnResult result)
    {
        var what = CallText.Describe(call);
        var outcome = result.Outcome.Line is { Length: > 0 } line ? CallText.OneLine(line, LongestLine) : null;
        return outcome is null || what.StartsWith(outcome, StringComparison.Ordinal)
            ? $"{what}{(result.Outcome.IsError ? " (failed)" : "")}"
            : CallText.OneLine(outcome.StartsWith(call.Name, StringComparison.Ordinal) ? outcome : $"{what}: {outcome}", LongestLine);
    }
}
