using System.Globalization;
using CodexService.ServiceDefaults.Configuration;
using Microsoft.Extensions.Configuration;

namespace CodexService.Models.Configuration;

/// <summary>Reads single settings; one that is not usable is an error that names it and says what it has to be.</summary>
internal sealed class SettingReader(IConfiguration configuration, string? path)
{
    /// <summary>A text without the blanks around it; <see langword="null"/> when not set.</summary>
    public string? Text(string key) => configuration[Full(key)] is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    /// <summary>A secret that goes into a header; it is never repeated in a message.</summary>
    public string? Key(string key) => Text(key) is { } value && value.Any(character => character is <= ' ' or > '~')
        ? throw new ConfigurationException($"{Full(key)} holds blanks, line breaks or letters that no key has: give the key alone.")
        : Text(key);

    /// <summary>A whole number.</summary>
    public int? Integer(string key, int least, int most) => Text(key) switch
    {
        null => null,
        { } text when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most => value,
        { } text => throw new ConfigurationException($"{Full(key)} is \"{text}\": it has to be a whole number {Range(least, most, int.MaxValue)}."),
    };

    /// <summary>A number.</summary>
    public decimal? Number(string key, decimal least, decimal most) => Text(key) switch
    {
        null => null,
        { } text when decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most => value,
        { } text => throw new ConfigurationException($"{Full(key)} is \"{text}\": it has to be a number {Range(least, most, decimal.MaxValue)}, for example 0.25."),
    };

    /// <summary>A span of time, more than zero and at most a day.</summary>
    public TimeSpan? Duration(string key) => Text(key) switch
    {
        null => null,
        { } text when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) && value > TimeSpan.Zero && value <= TimeSpan.FromDays(1) => value,
        { } text => throw new ConfigurationException($"{Full(key)} is \"{text}\": it has to be a time such as 00:01:00, more than zero and at most a day."),
    };

    /// <summary>One of an enumeration's names, in any case; the first when not set.</summary>
    public T Choice<T>(string key)
        where T : struct, Enum => Text(key) switch
        {
            null => default,
            { } text when Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase) => Enum.Parse<T>(text, ignoreCase: true),
            { } text => throw new ConfigurationException(
                $"{Full(key)} is \"{text}\": it has to be one of {string.Join(", ", Enum.GetNames<T>().Select(name => name.ToLowerInvariant()))}."),
        };

    private static string Range<T>(T least, T most, T unlimited)
        where T : IEquatable<T> => most.Equals(unlimited) ? $"of at least {least}" : $"from {least} to {most}";

    private string Full(string key) => path is null ? key : $"{path}:{key}";
}
