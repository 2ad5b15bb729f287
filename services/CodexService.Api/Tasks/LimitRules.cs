using CodexService.Contracts.Api;

namespace CodexService.Api.Tasks;

/// <summary>The ranges of limits and of what is added to them; one place for both.</summary>
internal static class LimitRules
{
    public const int ShortestSeconds = 10;
    public const int LongestSeconds = 86_400;

    /// <summary>Adds an error for each value out of range; <paramref name="prefix"/> stands before the field's name.</summary>
    public static void Check(int? turns, long? tokens, decimal? cost, string prefix, Dictionary<string, string[]> errors)
    {
        if (turns is < 1 or > 1000)
        {
            errors[prefix + "turns"] = ["Turns have to be from 1 to 1,000."];
        }

        if (tokens is < 1000 or > 1_000_000_000)
        {
            errors[prefix + "tokens"] = ["Tokens have to be from 1,000 to 1,000,000,000."];
        }

        if (cost is < 0.0001m or > 1_000_000m)
        {
            errors[prefix + "cost"] = ["The cost has to be from 0.0001 to 1,000,000, in the currency of the price table."];
        }
    }

    /// <summary>Adds an error for each limit out of range.</summary>
    public static void Check(TaskLimits? limits, Dictionary<string, string[]> errors) => Check(limits?.Turns, limits?.Tokens, limits?.Cost, "limits.", errors);
}
