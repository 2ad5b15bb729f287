using System.Text.Json.Serialization;

namespace CodexService.Contracts.Api;

/// <summary>
/// What programs in the sandboxes of an attempt tried to reach. All of it failed: sandboxes have no network. It was recorded inside
/// the sandboxes, by the side of the programs, so it is a record and no proof; it changes no verdict.
/// </summary>
/// <param name="Work">While the brain worked.</param>
/// <param name="Before">Both test runs at the base commit.</param>
/// <param name="After">Both test runs with the patch.</param>
/// <param name="NewWithPatch">Names that were looked up with the patch and not at the base commit.</param>
public sealed record NetworkReport(NetworkPhase Work, NetworkPhase Before, NetworkPhase After, IReadOnlyList<string> NewWithPatch)
{
    /// <summary>Whether addresses were tried with the patch, and none at the base commit.</summary>
    [JsonIgnore]
    public bool ReachesAddressesWithPatch => After.Addresses > 0 && Before is { AddressesCounted: true, Addresses: 0 };
}

/// <summary>What was tried in one phase.</summary>
/// <param name="NamesRecorded">Whether lookups of names were recorded; else <paramref name="Names"/> says nothing.</param>
/// <param name="AddressesCounted">Whether attempts to reach addresses were counted; else <paramref name="Addresses"/> says nothing.</param>
/// <param name="Names">Names that were looked up, at most 100, in the order of the first lookup.</param>
/// <param name="OtherLookups">Lookups of further names.</param>
/// <param name="Addresses">Connections and packets to addresses outside; which ones is not known.</param>
public sealed record NetworkPhase(bool NamesRecorded, bool AddressesCounted, IReadOnlyList<BlockedName> Names, long OtherLookups, long Addresses)
{
    /// <summary>Whether anything was tried.</summary>
    [JsonIgnore]
    public bool Any => Names.Count > 0 || OtherLookups > 0 || Addresses > 0;
}

/// <summary>A name that was looked up.</summary>
/// <param name="Name">
/// At most 253 characters of <c>A-Z a-z 0-9 . - _</c>; other bytes are written <c>\DDD</c>, as in zone files. Chosen by the program,
/// and it may carry what the program wanted to send.
/// </param>
/// <param name="Count">How often, at least.</param>
/// <param name="Types">Types of the DNS records that were asked for, such as <c>A</c>, <c>AAAA</c>, <c>TXT</c>, or <c>other</c>.</param>
public sealed record BlockedName(string Name, long Count, IReadOnlyList<string> Types);
