using System.Globalization;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using Spectre.Console;

namespace CodexService.Cli.Terminal;

/// <summary>What programs in the sandboxes tried to reach, for people.</summary>
internal static class NetworkView
{
    private const int MostNames = 5;

    /// <summary>One line for each phase in which something was tried, and one for what is new with the patch.</summary>
    public static void Write(Screen screen, NetworkReport? network)
    {
        if (network is null || !(network.Work.Any || network.Before.Any || network.After.Any))
        {
            return;
        }

        screen.Line();
        WritePhase(screen, "during the work", network.Work);
        WritePhase(screen, "base", network.Before);
        WritePhase(screen, "with the patch", network.After);
        if (network.NewWithPatch.Count > 0 || network.ReachesAddressesWithPatch)
        {
            IEnumerable<string> news =
            [
                .. network.NewWithPatch.Take(MostNames).Select(Words.Printable),
                .. network.NewWithPatch.Count > MostNames ? [Quantity.Of(network.NewWithPatch.Count - MostNames, "more name")] : Array.Empty<string>(),
                .. network.ReachesAddressesWithPatch ? ["addresses"] : Array.Empty<string>(),
            ];
            screen.Line($"  [yellow]new with this patch[/]  {Markup.Escape(string.Join(", ", news))}");
        }
    }

    private static void WritePhase(Screen screen, string phase, NetworkPhase tried)
    {
        if (!tried.Any)
        {
            return;
        }

        var others = tried.Names.Skip(MostNames).Sum(name => name.Count) + tried.OtherLookups;
        IEnumerable<string> parts =
        [
            .. tried.Names.Take(MostNames).Select(name => string.Create(CultureInfo.InvariantCulture, $"{Words.Printable(name.Name)} ({name.Count}×)")),
            .. others > 0 ? [$"other names ({others.ToString(CultureInfo.InvariantCulture)}×)"] : Array.Empty<string>(),
            .. tried.Addresses > 0 ? [$"addresses ({tried.Addresses.ToString(CultureInfo.InvariantCulture)}×)"] : Array.Empty<string>(),
        ];
        screen.Line($"  [yellow]blocked network[/]  {phase}: {Markup.Escape(string.Join(", ", parts))}");
    }
}
