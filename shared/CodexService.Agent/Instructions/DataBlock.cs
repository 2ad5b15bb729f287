using System.Security.Cryptography;
using CodexService.Agent.Tools;

namespace CodexService.Agent.Instructions;

/// <summary>
/// Puts text from the repository between markers that the text cannot know: their suffix is drawn anew for each attempt.
/// </summary>
/// <param name="Marker">The attempt's suffix.</param>
internal sealed record DataBlock(string Marker)
{
    /// <summary>A block with a suffix of its own.</summary>
    public static DataBlock New() => new(RandomNumberGenerator.GetHexString(8, lowercase: true));

    /// <summary>The text between its markers, hidden characters stripped.</summary>
    public string Wrap(string text)
    {
        var clean = UntrustedText.Clean(text).Replace(Marker, "", StringComparison.Ordinal).TrimEnd();
        return $"<<<DATA-{Marker}\n{clean}\nDATA-{Marker}>>>";
    }
}
