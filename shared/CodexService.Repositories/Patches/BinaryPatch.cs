using System.IO.Compression;

namespace CodexService.Repositories.Patches;

/// <summary>
/// Looks into a binary block of a git patch just far enough to know how large the file would become. A few bytes of
/// delta can stand for terabytes, and <c>git apply</c> would allocate them.
/// </summary>
internal static class BinaryPatch
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
    private const int HeaderBytes = 20;

    /// <summary>Lines that hold the sizes for certain: the code tables before the first byte take less than 1 KiB.</summary>
    public const int HeaderLines = 40;

    /// <summary>
    /// Size of the result of a delta block, or <see langword="null"/> when the block is broken.
    /// </summary>
    /// <param name="firstLines">The block's first encoded lines, at most <see cref="HeaderLines"/>.</param>
    public static ulong? DeltaResultSize(IEnumerable<string> firstLines)
    {
        var compressed = new MemoryStream();
        foreach (var line in firstLines)
        {
            if (!TryDecodeLine(line, compressed))
            {
                return null;
            }
        }

        compressed.Position = 0;
        Span<byte> header = stackalloc byte[HeaderBytes];
        int count;
        try
        {
            using var inflated = new ZLibStream(compressed, CompressionMode.Decompress);
            count = inflated.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false);
        }
        catch (InvalidDataException)
        {
            return null;
        }

        var rest = (ReadOnlySpan<byte>)header[..count];
        return TryReadSize(ref rest, out _) && TryReadSize(ref rest, out var result) ? result : null;
    }

    /// <summary>Whether <paramref name="line"/> has the form of an encoded line: a length letter and groups of five.</summary>
    public static bool IsEncodedLine(string line) =>
        line.Length >= 6 && LengthOf(line[0]) is var length and > 0 && line.Length - 1 == (length + 3) / 4 * 5;

    private static int LengthOf(char c) => c switch
    {
        >= 'A' and <= 'Z' => c - 'A' + 1,
        >= 'a' and <= 'z' => c - 'a' + 27,
        _ => 0,
    };

    private static bool TryDecodeLine(string line, MemoryStream output)
    {
        if (!IsEncodedLine(line))
        {
            return false;
        }

        var left = LengthOf(line[0]);
        for (var i = 1; i < line.Length; i += 5)
        {
            ulong value = 0;
            for (var j = i; j < i + 5; j++)
            {
                var digit = Alphabet.IndexOf(line[j], StringComparison.Ordinal);
                if (digit < 0)
                {
                    return false;
                }

                value = (value * 85) + (ulong)digit;
            }

            if (value > uint.MaxValue)
            {
                return false;
            }

            for (var shift = 24; shift >= 0 && left > 0; shift -= 8, left--)
            {
                output.WriteByte((byte)(value >> shift));
            }
        }

        return true;
    }

    private static bool TryReadSize(ref ReadOnlySpan<byte> bytes, out ulong size)
    {
        size = 0;
        for (var shift = 0; shift < 64 && !bytes.IsEmpty; shift += 7)
        {
            var b = bytes[0];
            bytes = bytes[1..];
            size |= (ulong)(b & 0x7f) << shift;
            if ((b & 0x80) == 0)
            {
                return true;
            }
        }

        return false;
    }
}
