using System.Text.RegularExpressions;
using CodexService.Agent.Context;
using Microsoft.Extensions.AI;

namespace CodexService.Agent.Journal;

/// <summary>One call of a replayed attempt beside what was recorded.</summary>
/// <param name="Turn">Number of the turn.</param>
/// <param name="Call">The call in short; what the model said when the turn has none.</param>
/// <param name="Same">Whether the tool answered as it did then.</param>
/// <param name="Recorded">What it answered then; <see langword="null"/> when the turn was not finished then.</param>
/// <param name="Now">What it answered now; <see langword="null"/> when the replay did not get there.</param>
public sealed record ReplayedCall(int Turn, string Call, bool Same, string? Recorded, string? Now);

/// <summary>What a replay is compared by.</summary>
internal static partial class ReplayComparison
{
    private const int LongestSaying = 60;

    /// <summary>Whether two outputs say the same. How long something took, and where in memory or in the folder for temporary files it was, says nothing.</summary>
    public static bool Same(string now, string then) => Steady(now) == Steady(then);

    /// <summary>Every recorded call beside its repetition, in their order, then what the replay did beyond the recording.</summary>
    public static IReadOnlyList<ReplayedCall> Compare(IReadOnlyList<TurnRecord> recorded, IReadOnlyList<TurnRecord> now)
    {
        var repeated = now.Where(turn => turn.Number > 0).ToDictionary(turn => turn.Number);
        List<ReplayedCall> calls = [];
        foreach (var turn in recorded.Where(turn => turn.Number > 0))
        {
            calls.AddRange(Compare(turn, repeated.GetValueOrDefault(turn.Number)));
            repeated.Remove(turn.Number);
        }

        calls.AddRange(repeated.Values.SelectMany(turn => turn.Calls.Zip(turn.Results ?? []))
            .Select(pair => new ReplayedCall(0, CallText.Describe(pair.First), Same: false, Recorded: null, pair.Second.Outcome.Text)));
        return calls;
    }

    private static IEnumerable<ReplayedCall> Compare(TurnRecord then, TurnRecord? now)
    {
        FunctionCallContent[] calls = [.. then.Calls];
        if (calls.Length == 0)
        {
            yield return new ReplayedCall(then.Number, $"said: {CallText.OneLine(then.Answer?.Text ?? "", LongestSaying)}", now is not null, null, null);
        }

        for (var i = 0; i < calls.Length; i++)
        {
            var recorded = then.Results?.ElementAtOrDefault(i)?.Outcome.Text;
            var said = now?.Results?.ElementAtOrDefault(i)?.Outcome.Text;
            yield return new ReplayedCall(then.Number, CallText.Describe(calls[i]), said is not null && (recorded is null || Same(said, recorded)), recorded, said);
        }
    }

    private static string Steady(string text) => Passing().Replace(text, "<varies>");

    [GeneratedRegex(@"\b\d+(\.\d+)?\s?(ms|s|secs?|seconds?)\b|\b0x[0-9a-f]{6,}\b|/tmp/[\w.-]+", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Passing();
}
