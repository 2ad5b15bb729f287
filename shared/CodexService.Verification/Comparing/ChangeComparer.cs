using CodexService.Sandbox;
using CodexService.Verification.Judging;
using CodexService.Verification.Reporting;

namespace CodexService.Verification.Comparing;

/// <summary>
/// Runs the tests before and with a change that somebody made, twice each, in two fresh sandboxes side by side, and says what
/// differs. The reports are written by the trees under test, so exit codes are told beside them. Thread-safe.
/// </summary>
public static class ChangeComparer
{
    private const int NotExecutable = 126;
    private const int NotFound = 127;

    /// <summary>Runs both sides. Failing tests are part of the result; exceptions mean that a sandbox failed.</summary>
    /// <exception cref="SandboxException">The engine failed.</exception>
    public static async Task<ChangeComparison> CompareAsync(ComparisonRequest request, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var log = new EvidenceLog(request.Finished);
        var before = RunAsync(request, request.OpenBase, EvidenceCommand.Before, "without the change", log, stop.Token);
        var after = RunAsync(request, request.OpenHead, EvidenceCommand.After, "with the change", log, stop.Token);
        try
        {
            // The first side that fails ends the other: half of a comparison says nothing.
            await (await Task.WhenAny(before, after));
            await Task.WhenAll(before, after);
        }
        catch
        {
            await stop.CancelAsync();
            await Task.WhenAny(Task.WhenAll(before, after));
            throw;
        }

        var comparison = Compare(await before, await after, request.TestCommand) with { Commands = log.Commands };
        request.Progress.Report(comparison.Conclusion);
        return comparison;
    }

    private static async Task<Side> RunAsync(
        ComparisonRequest request, Func<CancellationToken, Task<ISandbox>> open, string phase, string words, EvidenceLog log, CancellationToken cancellationToken)
    {
        await using var sandbox = await open(cancellationToken);
        var runner = await TestRunner.CreateAsync(sandbox, cancellationToken);
        request.Progress.Report($"running the tests {words}");
        var first = await runner.RunAsync(phase, request.TestCommand, folder: null, request.TestTimeout, CancellationToken.None, cancellationToken);
        log.Add(first.Evidence);
        if (first.Limit is not null || IsMissing(first))
        {
            // It would end the same way and take as long again.
            return new Side(first, first);
        }

        request.Progress.Report($"running the tests {words} once more");
        var second = await runner.RunAsync(phase, request.TestCommand, folder: null, request.TestTimeout, CancellationToken.None, cancellationToken);
        log.Add(second.Evidence);
        return new Side(first, second);
    }

    internal static ChangeComparison Compare(Side before, Side after, string command)
    {
        if (before.Report && after.Report)
        {
            return CompareTests(before, after);
        }

        return new ChangeComparison(
            before.Stopped is { } early ? $"the test command was stopped without the change: {early}"
            : after.Stopped is { } late ? $"the test command was stopped with the change: {late}"
            : IsMissing(after.First) ? $"the test command '{OneLine(command)}' cannot be run: {SandboxScript.LastLine(after.First.Evidence.Output)}"
            : $"the test command {before.Ends} without the change and {after.Ends} with it; {(before.Report == after.Report ? "it reports no single tests" : "only one side reports single tests")}",
            []);
    }

    private static ChangeComparison CompareTests(Side before, Side after)
    {
        var (old, now) = (BaseTests.Of(before.First, before.Second), BaseTests.Of(after.First, after.Second));
        var outcomes = after.First.Report!.Outcomes;

        // A test file that could not be imported stands for the tests inside, which the base did not know.
        var repaired = old.Failing.SelectMany(id => now.Passed.Contains(id) ? [id] : now.Knows(id) ? [] : TestFiles.Inside(now.Passed, id, old)).ToHashSet(StringComparer.Ordinal);
        var comparison = new ChangeComparison("", [])
        {
            KnowsTests = true,
            NewlyFailing = Sorted(now.Failing.Where(id => !old.Failing.Contains(id) && !old.Flaky.Contains(id))),
            NewlyPassing = Sorted(repaired),
            StillFailing = Sorted(now.Failing.Where(old.Failing.Contains)),
            Flaky = Sorted(old.Flaky.Union(now.Flaky, StringComparer.Ordinal)),
            Removed = Sorted(old.All.Where(id => !now.Knows(id) && !IsInBrokenFile(id) && !TestFiles.Inside(outcomes.Keys, id, old).Any())),
            StillPassing = now.Passed.Count(old.Passed.Contains),
            AddedPassing = now.Passed.Count(id => !old.Knows(id) && !repaired.Contains(id)),
        };
        List<string> parts =
        [
            comparison.NewlyFailing.Count switch { 0 => "no test newly fails", 1 => "1 test newly fails", var count => $"{count} tests newly fail" },
            .. Part(comparison.NewlyPassing.Count, "newly passes", "newly pass"),
            .. Part(comparison.StillPassing, "passes as before", "pass as before"),
            .. Part(comparison.AddedPassing, "is new and passes", "are new and pass"),
            .. Part(comparison.StillFailing.Count, "fails as before", "fail as before"),
            .. Part(comparison.Removed.Count, "is deleted or skipped", "are deleted or skipped"),
            .. Part(comparison.Flaky.Count, "is flaky", "are flaky"),
        ];
        if (after.Stopped is { } limit)
        {
            parts.Add($"the test command was stopped with the change: {limit}");
        }
        else if (now.Failing.Count + now.Flaky.Count == 0 && !after.First.Succeeded)
        {
            parts.Add($"but the test command {after.Ends} with the change");
        }

        return comparison with { Conclusion = string.Join("; ", parts) };

        // A file that can no longer be imported is told as failing; its tests are not deleted.
        bool IsInBrokenFile(string id) => id.IndexOf("::", StringComparison.Ordinal) is var end and > 0 && now.Failing.Contains(id[..end]);
    }

    private static IEnumerable<string> Part(int count, string one, string several) => count == 0 ? [] : [$"{count} {(count == 1 ? one : several)}"];

    private static string[] Sorted(IEnumerable<string> ids) => [.. ids.Order(StringComparer.Ordinal)];

    private static bool IsMissing(TestRun run) => run.Report is null && run.Evidence.ExitCode is NotFound or NotExecutable;

    private static string OneLine(string text)
    {
        var line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= 200 ? line : line[..200] + "…";
    }

    /// <summary>The two runs of one side.</summary>
    internal sealed record Side(TestRun First, TestRun Second)
    {
        public bool Report => First.Report is not null && Second.Report is not null;

        public string? Stopped => First.Limit ?? Second.Limit;

        public string Ends => (First.Evidence.ExitCode, Second.Evidence.ExitCode) switch
        {
            (0, 0) => "passes",
            var (one, two) when one == two => $"fails (exit code {one})",
            var (one, two) => $"ends differently each time (exit codes {one} and {two})",
        };
    }
}
