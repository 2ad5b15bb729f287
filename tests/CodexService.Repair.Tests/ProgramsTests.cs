using Xunit.Abstractions;

namespace CodexService.Repair.Tests;

/// <summary>
/// Classic small algorithms with one fault each (Programs/*.py), written without looking at the operators. A few of them, so
/// that the suite stays short; the benchmark runs all.
/// </summary>
[Collection("repair")]
public sealed class ProgramsTests(RepairFixture fixture, ITestOutputHelper output)
{
    [Theory]
    [InlineData("greatest_divisor")]
    [InlineData("find_sorted")]
    [InlineData("quick_sort")]
    [InlineData("kth_smallest")]
    [InlineData("parentheses")]
    [InlineData("next_permutation")]
    [InlineData("max_sublist")]
    [InlineData("subsequences")]
    public async Task Run_Program_IsRepaired(string name)
    {
        var repaired = await fixture.RepairAsync(Programs.Files(name), $"Fix the bug in {name}");

        output.WriteLine(repaired.Explain());
        Assert.True(repaired.Result.Changed, repaired.Explain());
        Assert.True(repaired.Tests.Succeeded, repaired.Explain());
    }
}

internal static class Programs
{
    public static IEnumerable<string> Names { get; } =
        [.. Resources().Where(name => !name.StartsWith("test_", StringComparison.Ordinal)).Select(name => name[..^3]).Order(StringComparer.Ordinal)];

    public static IReadOnlyDictionary<string, string> Files(string name) =>
        new[] { $"{name}.py", $"test_{name}.py" }.ToDictionary(file => file, Read, StringComparer.Ordinal);

    private static IEnumerable<string> Resources() =>
        typeof(Programs).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("programs/", StringComparison.Ordinal))
            .Select(name => name["programs/".Length..]);

    private static string Read(string file)
    {
        using var reader = new StreamReader(typeof(Programs).Assembly.GetManifestResourceStream($"programs/{file}")!);
        return reader.ReadToEnd();
    }
}
