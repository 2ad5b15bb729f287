using CodexService.Agent.Loop;
using CodexService.Tasks.Budgets;
using Npgsql;

namespace CodexService.Worker.Brains;

/// <summary>The budget of the person who asked for an attempt, as the database knows it. Thread-safe.</summary>
internal sealed partial class StoredUserBudget : IUserBudget
{
    private readonly UserBudgets budgets;
    private readonly string user;
    private readonly ILogger logger;

    private StoredUserBudget(UserBudgets budgets, string user, ILogger logger)
    {
        this.budgets = budgets;
        this.user = user;
        this.logger = logger;
    }

    /// <summary>The budget of <paramref name="user"/>; the open one when nothing is limited or nobody knows who asked.</summary>
    public static IUserBudget For(UserBudgets budgets, string? user, ILogger logger) =>
        user is null || !budgets.IsLimited(user) ? IUserBudget.Open : new StoredUserBudget(budgets, user, logger);

    /// <inheritdoc/>
    public async ValueTask<UserStanding> StandingAsync(CancellationToken cancellationToken)
    {
        try
        {
            var standing = await budgets.StandingAsync(user, cancellationToken);
            return BudgetShare.Of(standing.Used, standing.Limits).MaxBy(share => share.Used) is { } nearest
                ? new UserStanding(nearest.Used, nearest.Amounts, standing.UsedUp?.TrimEnd('.'))
                : UserStanding.Free;
        }
        catch (NpgsqlException e)
        {
            // A database that is away for a moment ends no work; the turn's own record needs it back soon enough.
            LogUnknown(e.Message);
            return UserStanding.Free;
        }
    }

    [LoggerMessage(LogLevel.Warning, "A user's budget could not be read ({Reason}); the attempt goes on until the next turn")]
    private partial void LogUnknown(string reason);
}
