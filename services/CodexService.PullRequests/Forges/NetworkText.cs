using System.Globalization;
using System.Text;
using CodexService.Contracts;
using CodexService.Contracts.Api;

namespace CodexService.PullRequests.Forges;

/// <summary>
/// What programs in the sandboxes tried to reach, as Markdown. A name is what a program chose to ask for: it stands in code, where
/// nothing becomes a link or a mention.
/// </summary>
internal static class NetworkText
{
    private const int MaxNames = 10;

    /// <summary>An entry of a list, with one below it for each phase in which something was tried; nothing when nothing was.</summary>
    public static void AppendList(StringBuilder text, NetworkReport? network)
    {
        if (network is null || !AnyOf(network))
        {
            return;
        }

        text.Append("- What needs a network: the sandboxes have none, and recorded these attempts, which were blocked\n");
        foreach (var (phase, tried) in Phases(network))
        {
            text.Append("  - ").Append(phase).Append(": ").Append(Words(tried)).Append('\n');
        }

        if (News(network) is { } news)
        {
            text.Append("  - **new with this patch:** ").Append(news).Append('\n');
        }
    }

    /// <summary>The same on one line; <see langword="null"/> when nothing was tried.</summary>
    public static string? Line(NetworkReport? network)
    {
        if (network is null || !AnyOf(network))
        {
            return null;
        }

        var phases = string.Join("; ", Phases(network).Select(each => $"{each.Phase} {Words(each.Tried)}"));
        return $"**Blocked network attempts, as recorded:** {phases}{(News(network) is { } news ? $"; **new with this patch:** {news}" : "")}";
    }

    private static bool AnyOf(NetworkReport network) => network.Work.Any || network.Before.Any || network.After.Any;

    private static IEnumerable<(string Phase, NetworkPhase Tried)> Phases(NetworkReport network) =>
        new[] { ("while the change was made", network.Work), ("tests at the base commit", network.Before), ("tests with the patch", network.After) }
            .Where(each => each.Item2.Any);

    private static string Words(NetworkPhase tried)
    {
        var parts = tried.Names.Take(MaxNames).Select(name => string.Create(CultureInfo.InvariantCulture, $"{ForeignText.Code(name.Name)} ({name.Count}×)")).ToList();
        if (tried.Names.Skip(MaxNames).Sum(name => name.Count) + tried.OtherLookups is > 0 and var others)
        {
            parts.Add(Quantity.Of(others, "lookup of another name", "lookups of other names"));
        }

        if (tried.Addresses > 0)
        {
            parts.Add(Quantity.Of(tried.Addresses, "attempt to reach an address", "attempts to reach addresses"));
        }

        return string.Join(", ", parts);
    }

    private static string? News(NetworkReport network)
    {
        var parts = network.NewWithPatch.Take(MaxNames).Select(ForeignText.Code).ToList();
        if (network.NewWithPatch.Count > MaxNames)
        {
            parts.Add(Quantity.Of(network.NewWithPatch.Count - MaxNames, "more name"));
        }

        if (network.ReachesAddressesWithPatch)
        {
            parts.Add("attempts to reach addresses");
        }

        return parts.Count == 0 ? null : string.Join(", ", parts);
    }
}
