using CodexService.Samples;
using Xunit.Abstractions;

namespace CodexService.Repair.Tests.Samples;

/// <summary>The fix of the demo is found, not known: any of many bugs in different functions is repaired.</summary>
[Collection("repair")]
public sealed class SeededBugTests(RepairFixture fixture, ITestOutputHelper output)
{
    // Each takes seconds of both processors: a usual run repairs every third, and all when it is asked to.
    private static readonly bool All = Environment.GetEnvironmentVariable("CODEX_TEST_ALL_BUGS") is "1";

    public static TheoryData<string> Names => [.. SeededBug.All.Where((_, number) => All || number % 3 == 0).Select(bug => bug.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Run_SeededBug_IsRepaired(string name)
    {
        var bug = SeededBug.All.Single(bug => bug.Name == name);

        var repaired = await fixture.RepairAsync(SampleRepository.Files(bug), bug.Prompt, SampleRepository.TestCommand, budgetSeconds: 420);

        output.WriteLine(repaired.Explain());
        Assert.True(repaired.Result.Changed, repaired.Explain());
        Assert.True(repaired.Tests.Succeeded, repaired.Explain());
        Assert.NotEmpty(repaired.Result.TargetTests);
        Assert.InRange(repaired.Result.Title.Length, 5, 72);
        Assert.Contains("### What was wrong", repaired.Result.Summary, StringComparison.Ordinal);
        Assert.All(ChangedFiles(repaired), file => Assert.StartsWith("app/", file, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_Demo_NamesTheFunctionAndTellsProgress()
    {
        var repaired = await fixture.RepairAsync(SampleRepository.Files(SeededBug.Demo), SeededBug.Demo.Prompt);

        Assert.Contains("PageRequest.offset", repaired.Result.Title, StringComparison.Ordinal);
        Assert.Equal([" M app/pagination.py"], repaired.Status.TrimEnd('\n').Split('\n'));
        Assert.Contains("+        return (self.page - 1) * self.per_page\n", repaired.Diff, StringComparison.Ordinal);
        Assert.Equal(["reproduce", "localize", "search", "confirm"], repaired.Progress.Select(step => step.Stage).Distinct(StringComparer.Ordinal));
        Assert.True(repaired.Result.CandidatesTried > 1, repaired.Explain());
    }

    private static IEnumerable<string> ChangedFiles(Repaired repaired) =>
        repaired.Status.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[3..]);
}
