namespace CodexService.Repositories.Checkout;

/// <summary>Finds the names that a mistyped one was probably meant to be.</summary>
internal static class NearestNames
{
    private const int MaxCompared = 2000;

    public static IReadOnlyList<string> Find(string wanted, IEnumerable<string> names, int count) =>
        [.. names
            .Take(MaxCompared)
            .OrderBy(name => name.Contains(wanted, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(wanted, name))
            .ThenBy(name => name, StringComparer.Ordinal)
            .Take(count)];

    /// <summary>Edit distance, upper and lower case being equal.</summary>
    internal static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
