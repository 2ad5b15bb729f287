using CodexService.Api.Tasks;
using CodexService.Contracts.Api;
using CodexService.Tasks;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.Reading;

namespace CodexService.Api.PullRequests;

internal static class PullRequestEndpoints
{
    public static void MapPullRequests(this RouteGroupBuilder api)
    {
        var pulls = api.MapGroup("/pull-requests").WithTags("Pull requests");
        pulls.MapGet("", ListAsync).Produces<Page<PullRequestInfo>>().WithSummary("Lists pull requests, newest first.");
        pulls.MapGet("/{number:int}", GetAsync).Produces<PullRequestInfo>().ProducesProblem(404).WithSummary("One pull request.");
        pulls.MapPost("/{number:int}/merge", MergeAsync).Produces<PullRequestInfo>(202).ProducesProblem(409)
            .WithSummary("Approves: merges the branch into its base. The task's events tell the outcome.");
        pulls.MapPost("/{number:int}/close", CloseAsync).Produces<PullRequestInfo>().ProducesProblem(409).WithSummary("Closes without merging.");
        pulls.MapConflicts();
    }

    private static async Task<IResult> ListAsync(TaskReader tasks, string? cursor, int? limit, string? state, CancellationToken cancellationToken)
    {
        if (!Paging.TryReadLimit(limit, out var size, out var problem) || !Paging.TryReadChoice<PullRequestState>(state, out var wanted, out problem))
        {
            return problem!;
        }

        int? before = null;
        if (cursor is not null)
        {
            if (!int.TryParse(cursor, out var number))
            {
                return Paging.BadCursor();
            }

            before = number;
        }

        return Results.Ok(await tasks.PullRequestsAsync(before, size, wanted, cancellationToken));
    }

    private static async Task<IResult> GetAsync(int number, TaskReader tasks, CancellationToken cancellationToken) =>
        await tasks.PullRequestAsync(number, cancellationToken) is { } pull ? Results.Ok(pull) : NoPullRequest(number);

    private static Task<IResult> MergeAsync(int number, TaskStore store, TaskReader tasks, CancellationToken cancellationToken) =>
        ChangeAsync(number, (task, now) => task.RequestMerge(now), StatusCodes.Status202Accepted, store, tasks, cancellationToken);

    private static Task<IResult> CloseAsync(int number, TaskStore store, TaskReader tasks, CancellationToken cancellationToken) =>
        ChangeAsync(number, (task, now) => task.ClosePullRequest(now), StatusCodes.Status200OK, store, tasks, cancellationToken);

    private static async Task<IResult> ChangeAsync(
        int number,
        Action<CodingTask, DateTimeOffset> change,
        int status,
        TaskStore store,
        TaskReader tasks,
        CancellationToken cancellationToken)
    {
        if (await tasks.PullRequestAsync(number, cancellationToken) is not { } pull)
        {
            return NoPullRequest(number);
        }

        await store.ChangeAsync(pull.TaskId, (task, now, _) => change(task, now), cancellationToken);
        return Results.Json(await tasks.PullRequestAsync(number, cancellationToken), statusCode: status);
    }

    private static IResult NoPullRequest(int number) =>
        Results.Problem(statusCode: StatusCodes.Status404NotFound, title: $"There is no pull request #{number}.");
}
