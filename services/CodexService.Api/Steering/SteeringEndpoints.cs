using CodexService.Contracts.Api;
using CodexService.Tasks;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.Reading;
using CodexService.Tasks.Steering;

namespace CodexService.Api.Steering;

/// <summary>What people do to a task while it runs: pause, resume, messages, approval of plans.</summary>
internal static class SteeringEndpoints
{
    public static void MapSteering(this RouteGroupBuilder api)
    {
        var task = api.MapGroup("/tasks/{id:guid}").WithTags("Steering");
        task.MapPost("/pause", PauseAsync).Produces<TaskDetail>().ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Pauses a task; what runs is paused between two turns.");
        task.MapPost("/resume", ResumeAsync).Produces<TaskDetail>().ProducesProblem(404).ProducesProblem(409).WithSummary("Goes on after a pause.");
        task.MapGet("/messages", MessagesAsync).Produces<IReadOnlyList<TaskMessageInfo>>().ProducesProblem(404)
            .WithSummary("The messages that people sent to a task, oldest first.");
        task.MapPost("/messages", SendAsync).Produces<TaskMessageInfo>(201).ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Sends a message that the model reads before its next turn. A plan that waits is revised.");
        task.MapPost("/plan/approve", ApproveAsync).Produces<TaskDetail>().ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Approves the plan that waits, as it is or edited.");
    }

    private static Task<IResult> PauseAsync(Guid id, TaskStore store, TaskReader tasks, CancellationToken cancellationToken) =>
        ChangeAsync(id, (task, now) => task.RequestPause(now), store, tasks, cancellationToken);

    private static Task<IResult> ResumeAsync(Guid id, TaskStore store, TaskReader tasks, CancellationToken cancellationToken) =>
        ChangeAsync(id, (task, now) => task.Resume(now), store, tasks, cancellationToken);

    private static async Task<IResult> MessagesAsync(Guid id, TaskSteering steering, CancellationToken cancellationToken) =>
        await steering.MessagesAsync(id, cancellationToken) is { } messages ? Results.Ok(messages) : NoTask(id);

    private static async Task<IResult> SendAsync(Guid id, SendMessageRequest request, TaskSteering steering, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Text))
        {
            return Invalid("text", "The message is empty; say what the model is to know.");
        }

        if (request.Text.Length > SteeringLimits.LongestText)
        {
            return Invalid("text", $"The message has {request.Text.Length:N0} characters; at most {SteeringLimits.LongestText:N0} are taken.");
        }

        return await steering.SendAsync(id, request.Text, request.Attempt, cancellationToken) is { } sent
            ? Results.Created($"/api/tasks/{id}/messages", sent)
            : NoTask(id);
    }

    private static async Task<IResult> ApproveAsync(Guid id, ApprovePlanRequest? request, TaskStore store, TaskReader tasks, CancellationToken cancellationToken)
    {
        if (request?.Plan is { } plan && string.IsNullOrWhiteSpace(plan))
        {
            return Invalid("plan", "The plan is empty; write one step a line, or leave it out to approve the plan as it is.");
        }

        if (request?.Plan is { Length: > SteeringLimits.LongestText })
        {
            return Invalid("plan", $"The plan has {request.Plan.Length:N0} characters; at most {SteeringLimits.LongestText:N0} are taken.");
        }

        return await ChangeAsync(id, (task, now) => task.ApproveProposedPlan(request ?? new ApprovePlanRequest(), now), store, tasks, cancellationToken);
    }

    private static async Task<IResult> ChangeAsync(
        Guid id,
        Action<CodingTask, DateTimeOffset> change,
        TaskStore store,
        TaskReader tasks,
        CancellationToken cancellationToken) =>
        await store.ChangeAsync(id, (task, now, _) => change(task, now), cancellationToken) is null
            ? NoTask(id)
            : Results.Ok(await tasks.DetailAsync(id, cancellationToken));

    private static IResult Invalid(string field, string problem) =>
        Results.ValidationProblem(new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [problem] }, title: problem);

    private static IResult NoTask(Guid id) => Results.Problem(statusCode: StatusCodes.Status404NotFound, title: $"There is no task {id}.");
}
