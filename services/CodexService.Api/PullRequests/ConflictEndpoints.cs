using CodexService.Api.Access;
using CodexService.Api.Budgets;
using CodexService.Contracts.Api;
using CodexService.Tasks.FollowUps;
using CodexService.Tasks.Reading;

namespace CodexService.Api.PullRequests;

/// <summary>Conflicts of a pull request with its base branch.</summary>
internal static class ConflictEndpoints
{
    public static void MapConflicts(this RouteGroupBuilder pulls) =>
        pulls.MapPost("/{number:int}/resolve-conflicts", ResolveAsync).AddEndpointFilter<BudgetGuard>()
            .Produces<PullRequestInfo>(202).ProducesProblem(404).ProducesProblem(409).ProducesProblem(429)
            .WithSummary("Resolves conflicts with the base branch in a follow-up. The task's events tell whether there are any.");

    private static async Task<IResult> ResolveAsync(int number, HttpContext http, PendingFollowUps pending, TaskReader tasks, CancellationToken cancellationToken)
    {
        if (await tasks.PullRequestAsync(number, cancellationToken) is not { } pull)
        {
            return Results.Problem(statusCode: StatusCodes.Status404NotFound, title: $"There is no pull request #{number}.");
        }

        await pending.AskForResolutionAsync(pull.TaskId, http.User.TokenName(), cancellationToken);
        return Results.Json(await tasks.PullRequestAsync(number, cancellationToken), statusCode: StatusCodes.Status202Accepted);
    }
}
