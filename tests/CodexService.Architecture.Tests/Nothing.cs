namespace CodexService.Architecture.Tests;

/// <summary>Asserts that a search found nothing, and names all that it found.</summary>
internal static class Nothing
{
    public static void In(IEnumerable<string> found)
    {
        var all = found.ToList();
        Assert.True(all.Count == 0, string.Join(Environment.NewLine, all));
    }
}
