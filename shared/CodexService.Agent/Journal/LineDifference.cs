namespace CodexService.Agent.Journal;

/// <summary>Two texts line by line.</summary>
public static class LineDifference
{
    // Beyond this a table of all pairs is not worth its memory; the changed part is then shown whole.
    private const int MostPairs = 4_000_000;

    /// <summary>The lines that differ, <c>-</c> before those of <paramref name="before"/> and <c>+</c> before those of <paramref name="after"/>; empty when none do.</summary>
    public static IReadOnlyList<string> Of(string before, string after)
    {
        if (before == after)
        {
            return [];
        }

        var (old, now) = (before.Split('\n'), after.Split('\n'));
        var start = 0;
        while (start < old.Length && start < now.Length && old[start] == now[start])
        {
            start++;
        }

        var end = 0;
        while (end < old.Length - start && end < now.Length - start && old[^(end + 1)] == now[^(end + 1)])
        {
            end++;
        }

        return Changed(old[start..^end], now[start..^end]);
    }

    private static List<string> Changed(string[] old, string[] now)
    {
        if ((long)old.Length * now.Length > MostPairs)
        {
            return [.. old.Select(line => $"-{line}"), .. now.Select(line => $"+{line}")];
        }

        // Length of the longest common subsequence of what follows each pair of lines.
        var common = new int[old.Length + 1, now.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
        {
            for (var j = now.Length - 1; j >= 0; j--)
            {
                common[i, j] = old[i] == now[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        List<string> lines = [];
        var (left, right) = (0, 0);
        while (left < old.Length || right < now.Length)
        {
            if (left < old.Length && right < now.Length && old[left] == now[right])
            {
                (left, right) = (left + 1, right + 1);
            }
            else if (right == now.Length || (left < old.Length && common[left + 1, right] >= common[left, right + 1]))
            {
                lines.Add($"-{old[left++]}");
            }
            else
            {
                lines.Add($"+{now[right++]}");
            }
        }

        return lines;
    }
}
