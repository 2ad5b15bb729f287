using System.Buffers;

namespace CodexService.Contracts.Api;

/// <summary>What the name of a configured model may look like. A task names a model, never its address: the keys belong to the configuration.</summary>
public static class ModelName
{
    /// <summary>Longest name in characters.</summary>
    public const int MaxLength = 64;

    /// <summary>The rule in words.</summary>
    public const string Rule = "1 to 64 letters, digits, dots, underscores, hyphens, colons or slashes, and not an address";

    private static readonly SearchValues<char> Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-:/");

    /// <summary>Whether a text can be a model's name.</summary>
    public static bool IsValid(string text) =>
        text.Length is >= 1 and <= MaxLength
        && !text.AsSpan().ContainsAnyExcept(Characters)
        && !text.Contains("://", StringComparison.Ordinal);
}
