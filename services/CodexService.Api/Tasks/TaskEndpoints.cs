using System.Text;
using CodexService.Api.Access;
using CodexService.Api.Budgets;
using CodexService.Contracts.Api;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.Reading;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CodexService.Api.Tasks;

internal static class TaskEndpoints
{
    public static void MapTasks(this RouteGroupBuilder api)
    {
        var tasks = api.MapGroup("/tasks").WithTags("Tasks");
        tasks.MapPost("", SubmitAsync).Produces<TaskDetail>(StatusCodes.Status201Created).ProducesValidationProblem().ProducesProblem(409)
            .ProducesProblem(429).AddEndpointFilter<BudgetGuard>()
            .WithSummary("Submits a task. The header Idempotency-Key makes a repeated submission harmless.");
        tasks.MapGet("", ListAsync).Produces<Page<TaskSummary>>().WithSummary("Lists tasks, newest first.");
        tasks.MapGet("/events", (HttpContext http, TaskEventStream streams, SessionStreams sessions, CancellationToken cancellationToken) =>
                TypedResults.ServerSentEvents(sessions.While(http, streams.SummariesAsync(cancellationToken), cancellationToken)))
            .WithSummary("Streams every change of a task as server-sent events.");
        tasks.MapGet("/{id:guid}", GetAsync).Produces<TaskDetail>().ProducesProblem(404).WithSummary("One task.");
        tasks.MapGet("/{id:guid}/events", EventsAsync).WithSummary("Streams the task's log as server-sent events; resumes after Last-Event-ID.");
        tasks.MapGet("/{id:guid}/log", LogAsync).Produces<IReadOnlyList<TaskEventInfo>>().WithSummary("The task's log as JSON.");
        tasks.MapGet("/{id:guid}/patch", PatchAsync).WithSummary("The patch as a unified diff.");
        tasks.MapGet("/{id:guid}/evidence/{index:int}", EvidenceAsync).WithSummary("Output of one recorded command.");
        tasks.MapPost("/{id:guid}/cancel", CancelAsync).Produces<TaskDetail>().ProducesProblem(409).WithSummary("Stops a task.");
        tasks.MapPost("/{id:guid}/retry", RetryAsync).Produces<TaskDetail>().ProducesProblem(409).ProducesProblem(429).AddEndpointFilter<BudgetGuard>().WithSummary("Tries a task again that ended without success.");
    }

    public static void MapService(this RouteGroupBuilder api) => api.MapGet("/service", (ServiceDescription service, CancellationToken cancellationToken) => service.DescribeAsync(cancellationToken))
        .Produces<ServiceInfo>().WithTags("Service").WithSummary("Version, brain and limits.");

    private static async Task<IResult> SubmitAsync(
        SubmitTaskRequest request,
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey,
        HttpContext http,
        SubmissionReader reader,
        TaskStore store,
        TaskReader tasks,
        CancellationToken cancellationToken)
    {
        // Before anything is judged by what holds now: the task is there, whatever has changed since its answer got lost.
        var key = string.IsNullOrWhiteSpace(idempotencyKey) ? null : idempotencyKey;
        if (key is not null && await store.FindSubmittedAsync(key, SubmissionReader.Hash(request), cancellationToken) is { } earlier)
        {
            return Results.Ok(await tasks.DetailAsync(earlier, cancellationToken));
        }

        var (submission, errors) = await reader.ReadAsync(request, key, cancellationToken);
        if (submission is null)
        {
            return Results.ValidationProblem(errors, title: errors.Values.First()[0]);
        }

        var submitted = await store.SubmitAsync(submission with { SubmittedBy = http.User.TokenName() }, cancellationToken);
        return submitted.New is { } task
            ? Results.Created($"/api/tasks/{task.Id}", TaskReader.Describe(task, result: null))
            : Results.Ok(await tasks.DetailAsync(submitted.TaskId, cancellationToken));
    }

    private static async Task<IResult> ListAsync(TaskReader tasks, string? cursor, int? limit, string? state, CancellationToken cancellationToken)
    {
        if (!Paging.TryReadLimit(limit, out var size, out var problem) || !Paging.TryReadChoice<TaskState>(state, out var wanted, out problem))
        {
            return problem!;
        }

        Guid? before = null;
        if (cursor is not null)
        {
            if (!Guid.TryParse(cursor, out var id))
            {
                return Paging.BadCursor();
            }

            before = id;
        }

        return Results.Ok(await tasks.ListAsync(before, size, wanted, cancellationToken));
    }

    private static async Task<IResult> GetAsync(Guid id, TaskReader tasks, CancellationToken cancellationToken) =>
        await tasks.DetailAsync(id, cancellationToken) is { } detail ? Results.Ok(detail) : NoTask(id);

    private static async Task<IResult> EventsAsync(
        Guid id,
        [FromHeader(Name = "Last-Event-ID")] string? lastEventId,
        long? after,
        HttpContext http,
        TaskReader tasks,
        TaskEventStream streams,
        SessionStreams sessions,
        CancellationToken cancellationToken)
    {
        if (await tasks.SummaryAsync(id, cancellationToken) is null)
        {
            return NoTask(id);
        }

        var start = long.TryParse(lastEventId, out var seen) ? seen : after ?? 0;
        return TypedResults.ServerSentEvents(sessions.While(http, streams.EventsAsync(id, Math.Max(0, start), cancellationToken), cancellationToken));
    }

    private static async Task<IResult> LogAsync(Guid id, long? after, int? limit, TaskReader tasks, CancellationToken cancellationToken)
    {
        if (!Paging.TryReadLimit(limit, out var size, out var problem, most: 1000))
        {
            return problem!;
        }

        return await tasks.SummaryAsync(id, cancellationToken) is null
            ? NoTask(id)
            : Results.Ok(await tasks.EventsAsync(id, after ?? 0, size, cancellationToken));
    }

    private static async Task<IResult> PatchAsync(Guid id, TaskReader tasks, CancellationToken cancellationToken) =>
        await tasks.ResultAsync(id, cancellationToken) is { Patch.Length: > 0 } result
            ? Results.File(Encoding.UTF8.GetBytes(result.Patch), "text/x-diff; charset=utf-8", $"codex-{id:N}.patch")
            : Results.Problem(statusCode: StatusCodes.Status404NotFound, title: $"Task {id} has no patch.");

    private static async Task<IResult> EvidenceAsync(Guid id, int index, TaskReader tasks, CancellationToken cancellationToken) =>
        await tasks.EvidenceAsync(id, index, cancellationToken) is { } output
            ? Results.Text(output, "text/plain", Encoding.UTF8)
            : Results.Problem(statusCode: StatusCodes.Status404NotFound, title: $"Task {id} has no recorded command {index}.");

    private static Task<IResult> CancelAsync(Guid id, TaskStore store, TaskReader tasks, CancellationToken cancellationToken) =>
        ChangeAsync(id, (task, now, _) => task.RequestCancel(now), store, tasks, cancellationToken);

    private static Task<IResult> RetryAsync(Guid id, HttpContext http, TaskStore store, TaskReader tasks, CancellationToken cancellationToken) =>
        ChangeAsync(id, (task, _, _) => task.Retry(http.User.TokenName()), store, tasks, cancellationToken);

    private static async Task<IResult> ChangeAsync(
        Guid id,
        Action<CodexService.Tasks.CodingTask, DateTimeOffset, TasksDbContext> change,
        TaskStore store,
        TaskReader tasks,
        CancellationToken cancellationToken) =>
        await store.ChangeAsync(id, change, cancellationToken) is null
            ? NoTask(id)
            : Results.Ok(await tasks.DetailAsync(id, cancellationToken));

    private static IResult NoTask(Guid id) => Results.Problem(statusCode: StatusCodes.Status404NotFound, title: $"There is no task {id}.");
}
