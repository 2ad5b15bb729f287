using Microsoft.Extensions.Options;

namespace CodexService.Tasks.Budgets;

/// <summary>What users may use within a rolling window, section <c>Budgets</c>. A user is the name of an access token.</summary>
public sealed class BudgetOptions
{
    internal const string Section = "Budgets";

    /// <summary>Length of the rolling window, 1 min to 366 days. Default 24 h.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromHours(24);

    /// <summary>What every user may use. Default: no limit.</summary>
    public UserBudgetOptions PerUser { get; set; } = new();

    /// <summary>Users with a budget of their own; it stands alone, what it leaves out is not limited.</summary>
    public IList<NamedBudgetOptions> Users { get; } = [];

    internal UserBudgetOptions Of(string user) =>
        Users.FirstOrDefault(named => string.Equals(named.Name, user, StringComparison.Ordinal)) ?? PerUser;
}

/// <summary>What one user may use within the window. A value that is <see langword="null"/> limits nothing.</summary>
public class UserBudgetOptions
{
    /// <summary>Prompt and answer tokens, cached ones included; at least 1.</summary>
    public long? Tokens { get; set; }

    /// <summary>Money in the currency of the price table; more than 0.</summary>
    public decimal? Cost { get; set; }

    /// <summary>Model calls; at least 1.</summary>
    public long? Turns { get; set; }

    /// <summary>Minutes that attempts run; more than 0.</summary>
    public double? WallClockMinutes { get; set; }

    /// <summary>Whether it limits nothing.</summary>
    internal bool IsOpen => Tokens is null && Cost is null && Turns is null && WallClockMinutes is null;
}

/// <summary>The budget of one user.</summary>
public sealed class NamedBudgetOptions : UserBudgetOptions
{
    /// <summary>Name of the access token.</summary>
    public string Name { get; set; } = "";
}

/// <summary>Says which key is wrong and what fits.</summary>
internal sealed class BudgetOptionsValidator : IValidateOptions<BudgetOptions>
{
    public ValidateOptionsResult Validate(string? name, BudgetOptions options)
    {
        var failures = new List<string>();
        if (options.Window < TimeSpan.FromMinutes(1) || options.Window > TimeSpan.FromDays(366))
        {
            failures.Add("Budgets:Window has to be from 1 minute (00:01:00) to 366 days.");
        }

        Check("Budgets:PerUser", options.PerUser, failures);
        for (var i = 0; i < options.Users.Count; i++)
        {
            Check($"Budgets:Users:{i}", options.Users[i], failures);
            if (string.IsNullOrWhiteSpace(options.Users[i].Name))
            {
                failures.Add($"Budgets:Users:{i}:Name is missing: it is the name of an access token.");
            }
        }

        foreach (var twice in options.Users.GroupBy(user => user.Name, StringComparer.Ordinal).Where(group => group.Key.Length > 0 && group.Count() > 1))
        {
            failures.Add($"Budgets:Users names {twice.Key} more than once; keep one of them.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void Check(string key, UserBudgetOptions budget, List<string> failures)
    {
        if (budget.Tokens <= 0 || budget.Turns <= 0 || budget.Cost <= 0 || budget.WallClockMinutes is <= 0 or double.NaN or double.PositiveInfinity)
        {
            failures.Add($"{key}: Tokens, Cost, Turns and WallClockMinutes have to be more than 0, or left out for no limit.");
        }
    }
}
