using CodexService.Contracts.Api;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.Turns;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Api.Tasks;

internal static class ReplayEndpoints
{
    public static void MapReplays(this RouteGroupBuilder api) => api.MapGroup("/tasks").WithTags("Tasks")
        .MapGet("/{id:guid}/attempts/{number:int}/replay", ReplayAsync).Produces(StatusCodes.Status200OK, contentType: "application/json").ProducesProblem(404).ProducesProblem(409)
        .WithSummary("What an attempt of the model brain was told, answered and did, as a bundle for codex replay.");

    private static async Task<IResult> ReplayAsync(
        Guid id, int number, IDbContextFactory<TasksDbContext> contexts, AttemptTurns turns, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var task = await db.Tasks.AsNoTracking().Include(t => t.Attempts).SingleOrDefaultAsync(t => t.Id == id, cancellationToken);
        if (task is null)
        {
            return Problem(StatusCodes.Status404NotFound, $"There is no task {id}.");
        }

        var attempt = task.Attempts.SingleOrDefault(a => a.Number == number);
        if (attempt is null)
        {
            return Problem(StatusCodes.Status404NotFound, $"Task {id} has no attempt {number}; it has {task.Attempts.Count}.");
        }

        if (attempt.FinishedAt is null)
        {
            return Problem(StatusCodes.Status409Conflict, $"Attempt {number} has not ended; its replay bundle can be had afterwards.");
        }

        if (task.Kind == TaskKind.Review)
        {
            return Problem(StatusCodes.Status409Conflict, $"Attempt {number} reviewed a change, whose diff a replay bundle does not hold.");
        }

        if (attempt.PartialOf is not null)
        {
            return Problem(StatusCodes.Status409Conflict, $"Attempt {number} went on from an earlier partial patch, which a replay bundle does not hold.");
        }

        if (attempt.MergedCommit is not null)
        {
            return Problem(StatusCodes.Status409Conflict, $"Attempt {number} resolved conflicts on a merge, which a replay bundle does not hold.");
        }

        var asked = attempt.PromptNumber == 1
            ? null
            : await db.TaskPrompts.AsNoTracking().SingleAsync(p => p.TaskId == id && p.Number == attempt.PromptNumber, cancellationToken);
        var result = await db.AttemptResults.AsNoTracking().SingleOrDefaultAsync(r => r.AttemptId == attempt.Id, cancellationToken);
        var recorded = await turns.ReadAsync(attempt.Id, cancellationToken);
        return recorded.Count > 0
            ? Results.File(ReplayExport.Write(task, attempt, asked, result, recorded), "application/json", $"codex-{id:N}-attempt-{number}.replay.json")
            : Problem(StatusCodes.Status409Conflict, result?.Brain == "repair"
                ? $"Attempt {number} was worked on by the repair brain, which asks no model; there are no turns to replay."
                : $"Attempt {number} ended before the model was asked; there are no turns to replay.");
    }

    private static IResult Problem(int status, string title) => Results.Problem(statusCode: status, title: title);
}
