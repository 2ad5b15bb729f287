using System.Text.RegularExpressions;
using CodexService.Agent.Context;
using CodexService.Agent.Journal;
using CodexService.Agent.Tools;
using Microsoft.Extensions.AI;

namespace CodexService.Agent.Loop;

/// <summary>What the detector thinks of the newest turn.</summary>
/// <param name="Reason">Why the model seems stuck, one line; <see langword="null"/> when it does not.</param>
/// <param name="Ends">Whether the nudge was given before and did not help.</param>
internal readonly record struct StuckVerdict(string? Reason, bool Ends);

/// <summary>
/// Sees whether a model goes in circles: the same call with the same result, two calls in turn, answers without calls,
/// calls that cannot be read. Not thread-safe.
/// </summary>
internal sealed partial class StuckDetector
{
    private const int Repetitions = 4;
    private const int Alternations = 3;
    private const int MostRemembered = 2 * Alternations;
    private const int Monologues = 3;
    private const int UnreadableCalls = 4;

    // A nudge that was followed by this many turns of progress has helped; later trouble earns a new one.
    private const int HelpedAfter = 8;

    private readonly List<string> steps = [];
    private readonly List<string> subjects = [];
    private int monologue;
    private int unreadable;
    private int turnsSinceNudge = int.MaxValue;

    /// <summary>Takes a finished turn.</summary>
    public StuckVerdict Observe(TurnRecord turn)
    {
        if (turnsSinceNudge < int.MaxValue)
        {
            turnsSinceNudge++;
        }

        var results = turn.Results ?? [];
        monologue = results.Count == 0 ? monologue + 1 : 0;

        // Whoever says nothing but text, or nothing readable, was told so after each answer; that was the nudge.
        if (monologue >= Monologues)
        {
            return new StuckVerdict($"{monologue} answers in a row without a tool call", Ends: true);
        }

        foreach (var (call, result) in turn.Calls.Zip(results))
        {
            unreadable = turn.Unreadable.ContainsKey(call.CallId) ? unreadable + 1 : 0;
            if (unreadable >= UnreadableCalls)
            {
                return new StuckVerdict($"{unreadable} tool calls in a row could not be read", Ends: true);
            }

            steps.Add(Step(call, result.Outcome));
            subjects.Add(CallText.Describe(call));
        }

        if (steps.Count > MostRemembered)
        {
            steps.RemoveRange(0, steps.Count - MostRemembered);
            subjects.RemoveRange(0, subjects.Count - MostRemembered);
        }

        return results.Count > 0 && Circle() is { } reason ? Nudged(reason) : default;
    }

    private StuckVerdict Nudged(string reason)
    {
        var ends = turnsSinceNudge < HelpedAfter;
        turnsSinceNudge = 0;
        return new StuckVerdict(reason, ends);
    }

    private string? Circle()
    {
        if (Repeats(1, Repetitions))
        {
            return $"the same call with the same result {Repetitions} times: {subjects[^1]}";
        }

        return Repeats(2, Alternations) ? $"two calls in turn with the same results {Alternations} times: {subjects[^2]}, {subjects[^1]}" : null;
    }

    // Whether the newest steps are the same `period` steps, `times` times.
    private bool Repeats(int period, int times)
    {
        var length = period * times;
        return steps.Count >= length && Enumerable.Range(steps.Count - length, length - period).All(i => steps[i] == steps[i + period]);
    }

    // How long a command took says nothing, except where waiting was the point: there a changing output is progress.
    private static string Step(FunctionCallContent call, ToolOutcome outcome) =>
        $"{CallText.Signature(call)}\n{(outcome.Waited ? outcome.Text : Duration().Replace(outcome.Text, "<time>"))}";

    [GeneratedRegex(@"\b\d+(\.\d+)?\s?(ms|s|secs?|seconds?)\b", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Duration();
}
