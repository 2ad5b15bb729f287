using System.Globalization;
using CodexService.Contracts.Api;
using CodexService.Sandbox;
using CodexService.Tasks.Attempts;
using CodexService.Verification;

namespace CodexService.Worker.Attempts;

/// <summary>What sandboxes recorded of the network, as the API shows it and as events.</summary>
internal static class NetworkReports
{
    /// <summary>Names that one event lists; the rest is counted.</summary>
    private const int NamesOfAnEvent = 10;

    private const int LongestCommand = 200;

    /// <summary>Of an attempt with a proof.</summary>
    public static NetworkReport Of(NetworkAttempts work, NetworkEvidence proof) =>
        new(Phase(work), Phase(proof.Before), Phase(proof.After), proof.NewWithPatch);

    /// <summary>For the event log; there has to be something that was tried.</summary>
    /// <param name="phase"><c>work</c>, <c>before</c> or <c>after</c>.</param>
    /// <param name="tried">What.</param>
    /// <param name="command">By which command, where that is known; foreign text.</param>
    public static AttemptReport Event(string phase, NetworkAttempts tried, string? command = null)
    {
        var what = Phase(tried);
        var line = command is null ? null : OneLine(command);
        var where = phase switch
        {
            "before" => " during the tests at the base commit",
            "after" => " during the tests with the patch",
            _ => line is null ? "" : $" by: {line}",
        };
        return new AttemptReport(TaskEventTypes.NetworkBlocked, $"Blocked, as there is no network: {Words(what)}{where}")
        {
            Data = new { phase, command = line, names = what.Names.Take(NamesOfAnEvent), other_lookups = what.OtherLookups + what.Names.Skip(NamesOfAnEvent).Sum(name => name.Count), addresses = what.Addresses },
        };
    }

    private static NetworkPhase Phase(NetworkAttempts tried) => new(
        tried.NamesRecorded,
        tried.AddressesCounted,
        [.. tried.Names.Select(name => new BlockedName(name.Name, name.Count, name.Types))],
        tried.OtherLookups,
        tried.Addresses);

    private static string Words(NetworkPhase tried)
    {
        var left = tried.Names.Skip(NamesOfAnEvent).Sum(name => name.Count) + tried.OtherLookups;
        IEnumerable<string> parts =
        [
            .. tried.Names.Take(NamesOfAnEvent).Select(name => string.Create(CultureInfo.InvariantCulture, $"{name.Name} ({name.Count}×)")),
            .. left > 0 ? [string.Create(CultureInfo.InvariantCulture, $"{left} lookups of other names")] : Array.Empty<string>(),
            .. tried.Addresses > 0 ? [string.Create(CultureInfo.InvariantCulture, $"{tried.Addresses} {(tried.Addresses == 1 ? "attempt" : "attempts")} to reach an address")] : Array.Empty<string>(),
        ];
        return string.Join(", ", parts);
    }

    private static string OneLine(string command)
    {
        var line = string.Concat(command.Trim().Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= LongestCommand ? line : string.Concat(line.AsSpan(0, LongestCommand - 1), "…");
    }
}
