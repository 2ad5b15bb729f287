using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace CodexService.Sandbox.Supervisor;

/// <summary>
/// What the supervisor tells of the network. With <see cref="FrameKind.Ready"/> one byte: 1 names are recorded, 2 addresses are
/// counted. With <see cref="FrameKind.Network"/>, after the command's number: attempts to reach addresses (4), lookups of names
/// that are not listed (4), then for each name count (4), types (2), length (1), ASCII text.
/// </summary>
internal static class NetworkFrame
{
    private const int Names = 1;
    private const int Addresses = 2;
    private const int LongestName = 253;

    private static readonly SearchValues<byte> Characters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_\\"u8);

    // By bit, as in network.py.
    private static readonly string[] Types = ["A", "AAAA", "TXT", "MX", "SRV", "PTR", "CNAME", "NS", "SOA", "HTTPS", "SVCB", "ANY", "other"];

    public static NetworkAttempts ReadFeatures(ReadOnlySpan<byte> payload) => payload.Length == 0
        ? NetworkAttempts.NotRecorded
        : new NetworkAttempts { NamesRecorded = (payload[0] & Names) != 0, AddressesCounted = (payload[0] & Addresses) != 0 };

    /// <returns><see langword="null"/> when it is not what a supervisor says.</returns>
    public static NetworkAttempts? Read(ReadOnlySpan<byte> payload, NetworkAttempts recordable)
    {
        if (payload.Length < 8)
        {
            return null;
        }

        var tried = recordable with
        {
            Addresses = BinaryPrimitives.ReadUInt32BigEndian(payload),
            OtherLookups = BinaryPrimitives.ReadUInt32BigEndian(payload[4..]),
        };
        List<NameLookup> names = [];
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (payload = payload[8..]; payload.Length > 0;)
        {
            if (payload.Length < 7 || payload[6] is 0 or > LongestName || payload.Length < 7 + payload[6] || names.Count == NetworkAttempts.MostNames)
            {
                return null;
            }

            var text = payload.Slice(7, payload[6]);
            if (text.ContainsAnyExcept(Characters))
            {
                return null;
            }

            var name = Encoding.ASCII.GetString(text);
            if (!seen.Add(name))
            {
                return null;
            }

            names.Add(new NameLookup(name, BinaryPrimitives.ReadUInt32BigEndian(payload), TypesOf(BinaryPrimitives.ReadUInt16BigEndian(payload[4..]))));
            payload = payload[(7 + payload[6])..];
        }

        return tried with { Names = names };
    }

    private static string[] TypesOf(int bits) => [.. Types.Where((_, bit) => (bits & (1 << bit)) != 0)];
}
