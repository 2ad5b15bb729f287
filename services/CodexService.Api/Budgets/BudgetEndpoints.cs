using CodexService.Api.Access;
using CodexService.Contracts.Api;
using CodexService.Tasks.Budgets;

namespace CodexService.Api.Budgets;

internal static class BudgetEndpoints
{
    public static void MapBudgets(this RouteGroupBuilder api) =>
        api.MapGet("/budget", (HttpContext http, UserBudgets budgets, CancellationToken cancellationToken) => budgets.StandingAsync(http.User.TokenName(), cancellationToken))
            .Produces<BudgetInfo>().WithTags("Budgets").WithSummary("What the caller has used of their budget, and what is left.");
}
