using CodexService.Api.Access;
using CodexService.Api.Budgets;
using CodexService.Contracts.Api;
using CodexService.Tasks;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Reading;
using CodexService.Tasks.Rounds;

namespace CodexService.Api.Tasks;

/// <summary>More work on a task that has ended.</summary>
internal static class RoundEndpoints
{
    public static void MapRounds(this RouteGroupBuilder api)
    {
        var tasks = api.MapGroup("/tasks/{id:guid}").WithTags("Tasks").AddEndpointFilter<BudgetGuard>();
        tasks.MapPost("/follow-ups", FollowUpAsync).Produces<TaskDetail>().ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409).ProducesProblem(429)
            .WithSummary("Asks for more work on a task that has ended; its open pull request gets the result.");
        tasks.MapPost("/continue", ContinueAsync).Produces<TaskDetail>().ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409).ProducesProblem(429)
            .WithSummary("Adds budget and goes on with an attempt that ended at a limit, stuck, stopped or out of time.");
    }

    private static async Task<IResult> FollowUpAsync(
        Guid id, FollowUpRequest request, HttpContext http, SubmissionReader reader, TaskRounds rounds, TaskReader tasks, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        reader.CheckPrompt(request.Prompt, errors);
        SubmissionReader.CheckTestCommand(request.TestCommand, errors);
        if (errors.Count > 0)
        {
            return Results.ValidationProblem(errors, title: errors.Values.First()[0]);
        }

        var testCommand = string.IsNullOrWhiteSpace(request.TestCommand) ? null : request.TestCommand.Trim();
        return await AnswerAsync(id, await rounds.FollowUpAsync(id, request.Prompt.Trim(), testCommand, http.User.TokenName(), cancellationToken), tasks, cancellationToken);
    }

    private static async Task<IResult> ContinueAsync(
        Guid id, ContinueTaskRequest request, HttpContext http, TaskRounds rounds, TaskReader tasks, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        LimitRules.Check(request.Turns, request.Tokens, request.Cost, "", errors);
        if (request.TimeoutSeconds is < LimitRules.ShortestSeconds or > LimitRules.LongestSeconds)
        {
            errors["timeout_seconds"] = [$"The added time has to be from {LimitRules.ShortestSeconds} to {LimitRules.LongestSeconds} seconds."];
        }

        if (errors.Count > 0)
        {
            return Results.ValidationProblem(errors, title: errors.Values.First()[0]);
        }

        TimeSpan? time = request.TimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        var added = new AddedBudget(request.Turns, request.Tokens, request.Cost, time);
        return await AnswerAsync(id, await rounds.ContinueAsync(id, added, http.User.TokenName(), cancellationToken), tasks, cancellationToken);
    }

    private static async Task<IResult> AnswerAsync(Guid id, CodingTask? task, TaskReader tasks, CancellationToken cancellationToken) => task is null
        ? Results.Problem(statusCode: StatusCodes.Status404NotFound, title: $"There is no task {id}.")
        : Results.Ok(await tasks.DetailAsync(id, cancellationToken));
}
