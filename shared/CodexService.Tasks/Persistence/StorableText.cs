using System.Text;
using System.Text.Json;
using CodexService.Contracts;

namespace CodexService.Tasks.Persistence;

/// <summary>
/// Makes text from workers, tests and models fit for PostgreSQL, whose text holds neither NUL nor half a surrogate pair:
/// one such character must not keep an attempt from ending.
/// </summary>
internal static class StorableText
{
    private const char Replacement = '\uFFFD';

    public static bool Fits(string text) => !text.Contains('\0') && !HasBrokenCharacter(text);

    public static string Of(string text)
    {
        var whole = HasBrokenCharacter(text) ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : text;
        return whole.Replace('\0', Replacement);
    }

    /// <summary>One line of at most <paramref name="most"/> UTF-16 units.</summary>
    public static string Line(string text, int most = 2000) => Shorten(Of(text.Replace('\0', ' ')).ReplaceLineEndings(" "), most);

    public static string Shorten(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1;
        return string.Concat(text.AsSpan(0, end), "…");
    }

    public static string Json(object value) => JsonOf(JsonSerializer.Serialize(value, value.GetType(), JsonConventions.Options));

    // jsonb refuses the escape of NUL, which is the only way that NUL can appear in JSON.
    public static string JsonOf(string json) => json.Replace("\\u0000", "\\uFFFD", StringComparison.OrdinalIgnoreCase);

    private static bool HasBrokenCharacter(string text)
    {
        for (var i = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return true;
            }
        }

        return false;
    }
}
