namespace CodexService.Sandbox;

/// <summary>
/// What programs in a sandbox tried to reach; all of it failed, as there is no network. It is a record and no proof: the
/// programs ask under the rules that they please, so some of it may be made up and some missing.
/// </summary>
public sealed record NetworkAttempts
{
    /// <summary>Distinct names that are kept; lookups of further ones are counted in <see cref="OtherLookups"/>.</summary>
    public const int MostNames = 100;

    /// <summary>Nobody looked.</summary>
    public static NetworkAttempts NotRecorded { get; } = new();

    /// <summary>Whether lookups of names were recorded.</summary>
    public bool NamesRecorded { get; init; }

    /// <summary>Whether attempts to send to addresses were counted.</summary>
    public bool AddressesCounted { get; init; }

    /// <summary>The names that were looked up, in the order of the first lookup; at most <see cref="MostNames"/>.</summary>
    public IReadOnlyList<NameLookup> Names { get; init; } = [];

    /// <summary>Lookups of names that are not in <see cref="Names"/>.</summary>
    public long OtherLookups { get; init; }

    /// <summary>Connections and packets to addresses outside. The kernel counts them and does not tell the addresses.</summary>
    public long Addresses { get; init; }

    /// <summary>Whether anything was tried.</summary>
    public bool Any => Names.Count > 0 || OtherLookups > 0 || Addresses > 0;

    /// <summary>Both together.</summary>
    public NetworkAttempts With(NetworkAttempts later)
    {
        if (!later.Any)
        {
            return this;
        }

        var names = Names.ToDictionary(name => name.Name, StringComparer.OrdinalIgnoreCase);
        var order = Names.Select(name => name.Name).ToList();
        var others = OtherLookups + later.OtherLookups;
        foreach (var name in later.Names)
        {
            if (names.TryGetValue(name.Name, out var known))
            {
                names[name.Name] = known with { Count = known.Count + name.Count, Types = [.. known.Types.Union(name.Types, StringComparer.Ordinal)] };
            }
            else if (order.Count < MostNames)
            {
                names.Add(name.Name, name);
                order.Add(name.Name);
            }
            else
            {
                others += name.Count;
            }
        }

        return this with
        {
            NamesRecorded = NamesRecorded || later.NamesRecorded,
            AddressesCounted = AddressesCounted || later.AddressesCounted,
            Names = [.. order.Select(name => names[name])],
            OtherLookups = others,
            Addresses = Addresses + later.Addresses,
        };
    }
}

/// <summary>A name that was looked up.</summary>
/// <param name="Name">
/// At most 253 characters of <c>A-Z a-z 0-9 . - _</c>; any other byte is written <c>\DDD</c> (decimal), as in zone files; cut ones
/// end with <c>...</c>. Names that differ in case alone are one, written as it was first asked for.
/// </param>
/// <param name="Count">How often, at least: the questions for a name's IPv4 and IPv6 addresses count as one.</param>
/// <param name="Types">The types of DNS records that were asked for: <c>A</c>, <c>AAAA</c>, <c>TXT</c>, …, or <c>other</c>.</param>
public sealed record NameLookup(string Name, long Count, IReadOnlyList<string> Types);
