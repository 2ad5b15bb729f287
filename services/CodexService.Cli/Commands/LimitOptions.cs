using System.CommandLine;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Commands;

/// <summary>What a model may use, as limits of a task or as what is added to them.</summary>
internal sealed class LimitOptions
{
    private readonly Option<int?> turns;
    private readonly Option<long?> tokens;
    private readonly Option<decimal?> cost;

    private LimitOptions(string prefix, string what)
    {
        turns = new($"--{prefix}turns") { Description = $"Model calls {what}, 1 to 1000", HelpName = "n" };
        tokens = new($"--{prefix}tokens") { Description = $"Tokens {what}, 1000 to 1000000000", HelpName = "n" };
        cost = new($"--{prefix}cost") { Description = $"Money {what}, in the currency of the service's price table", HelpName = "amount" };
        NumberRange.Require(turns, 1, 1000);
        NumberRange.Require(tokens, 1000, 1_000_000_000);
        NumberRange.RequireAmount(cost, 0.0001m, 1_000_000);
    }

    /// <summary>Limits of each attempt.</summary>
    public static LimitOptions ForTask() => new("max-", "of each attempt of a model at most");

    /// <summary>What is added to the limits of an attempt.</summary>
    public static LimitOptions ToAdd() => new("", "to add");

    public void AddTo(Command command)
    {
        command.Options.Add(turns);
        command.Options.Add(tokens);
        command.Options.Add(cost);
    }

    /// <summary>The values; <see langword="null"/> when none was given.</summary>
    public TaskLimits? Read(ParseResult parsed)
    {
        var limits = new TaskLimits(parsed.GetValue(turns), parsed.GetValue(tokens), parsed.GetValue(cost));
        return limits == new TaskLimits() ? null : limits;
    }
}
