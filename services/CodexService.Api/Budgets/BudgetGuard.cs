using System.Globalization;
using CodexService.Api.Access;
using CodexService.Contracts.Api;
using CodexService.Tasks.Budgets;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Api.Budgets;

/// <summary>Refuses requests that begin work for a user whose budget is used up, with when something is free again.</summary>
internal sealed class BudgetGuard(UserBudgets budgets, IDbContextFactory<TasksDbContext> contexts, TimeProvider time) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var user = http.User.TokenName();
        if (BeginsNothing(context) || !budgets.IsLimited(user)
            || await budgets.StandingAsync(user, http.RequestAborted) is not { UsedUp: { } usedUp } standing
            || await IsRepetitionAsync(http))
        {
            return await next(context);
        }

        if (standing.FreesUpAt is { } free)
        {
            var seconds = Math.Max(1, Math.Ceiling((free - time.GetUtcNow()).TotalSeconds));
            http.Response.Headers.RetryAfter = seconds.ToString("0", CultureInfo.InvariantCulture);
        }

        return Results.Problem(statusCode: StatusCodes.Status429TooManyRequests, title: usedUp);
    }

    private static bool BeginsNothing(EndpointFilterInvocationContext context) =>
        context.Arguments.OfType<SubmitReviewRequest>().Any(review => review.Event != ReviewEvent.RequestChanges);

    // A repeated submission begins nothing: it asks for the answer that got lost. More work on a task is no submission.
    private async Task<bool> IsRepetitionAsync(HttpContext http)
    {
        var key = http.Request.Headers["Idempotency-Key"].ToString();
        if (key.Length == 0 || http.Request.RouteValues.ContainsKey("id"))
        {
            return false;
        }

        await using var db = await contexts.CreateDbContextAsync(http.RequestAborted);
        if (http.GetRouteValue("number") is string pull && int.TryParse(pull, out var number))
        {
            return await db.Reviews.AnyAsync(r => r.IdempotencyKey == key && db.PullRequests.Any(p => p.Id == r.PullRequestId && p.Number == number), http.RequestAborted);
        }

        return await db.Tasks.AnyAsync(t => t.IdempotencyKey == key, http.RequestAborted);
    }
}
