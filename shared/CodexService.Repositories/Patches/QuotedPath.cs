using System.Text;

namespace CodexService.Repositories.Patches;

/// <summary>Reads git's C-style quoted names. Bytes that are no UTF-8 become U+FFFD, for judging and showing only.</summary>
internal static class QuotedPath
{
    /// <summary>
    /// Reads one name at the start of <paramref name="text"/>, quoted or up to the end.
    /// </summary>
    /// <returns>The name and what follows it, or <see langword="null"/> when the quoting is broken.</returns>
    public static (string Name, string After)? Read(string text)
    {
        if (text.Length == 0 || text[0] != '"')
        {
            return (text, "");
        }

        var bytes = new List<byte>(text.Length);
        for (var i = 1; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '"')
            {
                return (Encoding.UTF8.GetString(bytes.ToArray()), text[(i + 1)..]);
            }

            if (c != '\\')
            {
                // Surrogates come in pairs; both halves are encoded together.
                var length = char.IsHighSurrogate(c) && i + 1 < text.Length ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, length)));
                i += length - 1;
                continue;
            }

            if (++i >= text.Length)
            {
                return null;
            }

            if (text[i] is >= '0' and <= '3')
            {
                if (i + 2 >= text.Length || text[i + 1] is < '0' or > '7' || text[i + 2] is < '0' or > '7')
                {
                    return null;
                }

                bytes.Add((byte)(((text[i] - '0') << 6) | ((text[i + 1] - '0') << 3) | (text[i + 2] - '0')));
                i += 2;
                continue;
            }

            var escape = "abtnvfr\"\\".IndexOf(text[i], StringComparison.Ordinal);
            if (escape < 0)
            {
                return null;
            }

            bytes.Add("\a\b\t\n\v\f\r\"\\"u8[escape]);
        }

        return null;
    }
}
