using System.Globalization;

namespace CodexService.Contracts;

/// <summary>How numbers of things read, in every text for people: "1 test", "2 tests", "1,204 tests".</summary>
public static class Quantity
{
    /// <summary>The number with its noun in singular or plural.</summary>
    /// <param name="number">How many.</param>
    /// <param name="one">The noun for one.</param>
    /// <param name="many">The noun for another number. Default: <paramref name="one"/> with an s.</param>
    public static string Of(long number, string one, string? many = null) => $"{number.ToString("N0", CultureInfo.InvariantCulture)} {Noun(number, one, many)}";

    /// <summary>The noun, or verb, alone: "passes" for one, "pass" for others.</summary>
    /// <inheritdoc cref="Of(long, string, string?)"/>
    public static string Noun(long number, string one, string? many = null) => number == 1 ? one : many ?? one + "s";
}
