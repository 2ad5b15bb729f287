using System.CommandLine;
using System.Globalization;

namespace CodexService.Cli.Commands;

/// <summary>What numbers an option takes, and the one line that says so when it gets another, or no number.</summary>
internal static class NumberRange
{
    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public static void Require(Option option, long least, long most) => Require(option, least, most, NumberStyles.AllowLeadingSign);

    /// <summary>An amount from <paramref name="least"/> to <paramref name="most"/>, with a point where it has one.</summary>
    public static void RequireAmount(Option option, decimal least, decimal most) =>
        Require(option, least, most, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint);

    /// <summary>The number of an attempt.</summary>
    public static Option<int?> AttemptNumber(string description)
    {
        var option = new Option<int?>("--attempt") { Description = description, HelpName = "n" };
        Require(option, 1, int.MaxValue);
        return option;
    }

    private static void Require(Option option, decimal least, decimal most, NumberStyles style) => option.Validators.Add(result =>
    {
        // The text itself: the value cannot be read when it is no number.
        if (result.Tokens is [.., { Value: var text }]
            && (!decimal.TryParse(text, style, CultureInfo.InvariantCulture, out var value) || value < least || value > most))
        {
            var range = most == int.MaxValue ? $"{least} or more" : string.Create(CultureInfo.InvariantCulture, $"{least} to {most}");
            result.AddError($"{option.Name} is {range}, not {text}");
        }
    });
}
