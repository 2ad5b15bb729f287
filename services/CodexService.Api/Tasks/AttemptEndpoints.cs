using System.Text;
using CodexService.Contracts.Api;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.Reading;

namespace CodexService.Api.Tasks;

/// <summary>The attempts of a task, one by one: what each did, and taking another one's patch.</summary>
internal static class AttemptEndpoints
{
    public static void MapAttempts(this RouteGroupBuilder api)
    {
        var attempts = api.MapGroup("/tasks/{id:guid}/attempts/{number:int}").WithTags("Attempts");
        attempts.MapGet("", GetAsync).Produces<AttemptDetail>().ProducesProblem(404).WithSummary("One attempt with its patch, summary and proof.");
        attempts.MapGet("/patch", PatchAsync).WithSummary("The attempt's patch as a unified diff, verified or not.");
        attempts.MapGet("/evidence/{index:int}", EvidenceAsync).WithSummary("Output of one recorded command of the attempt.");
        attempts.MapPost("/choose", ChooseAsync).Produces<TaskDetail>().ProducesProblem(409)
            .WithSummary("Takes a verified attempt: now, while others run, or later in place of the one that won.");
    }

    private static async Task<IResult> GetAsync(Guid id, int number, AttemptReader attempts, CancellationToken cancellationToken) =>
        await attempts.DetailAsync(id, number, cancellationToken) is { } detail ? Results.Ok(detail) : NotThere($"Task {id} has no attempt {number}.");

    private static async Task<IResult> PatchAsync(Guid id, int number, AttemptReader attempts, CancellationToken cancellationToken) =>
        await attempts.ResultAsync(id, number, cancellationToken) is { Patch.Length: > 0 } result
            ? Results.File(Encoding.UTF8.GetBytes(result.Patch), "text/x-diff; charset=utf-8", $"codex-{id:N}-{number}.patch")
            : NotThere($"Attempt {number} of task {id} has no patch.");

    private static async Task<IResult> EvidenceAsync(Guid id, int number, int index, AttemptReader attempts, CancellationToken cancellationToken) =>
        await attempts.EvidenceAsync(id, number, index, cancellationToken) is { } output
            ? Results.Text(output, "text/plain", Encoding.UTF8)
            : NotThere($"Attempt {number} of task {id} has no recorded command {index}.");

    private static async Task<IResult> ChooseAsync(Guid id, int number, TaskStore store, TaskReader tasks, CancellationToken cancellationToken) =>
        await store.ChangeAsync(id, (task, now, _) => task.Choose(number, now), cancellationToken) is null
            ? NotThere($"There is no task {id}.")
            : Results.Ok(await tasks.DetailAsync(id, cancellationToken));

    private static IResult NotThere(string title) => Results.Problem(statusCode: StatusCodes.Status404NotFound, title: title);
}
