using System.Text;
using CodexService.Api.Access;
using CodexService.Api.Budgets;
using CodexService.Contracts.Api;
using CodexService.Tasks.Reading;
using CodexService.Tasks.Reviews;
using Microsoft.AspNetCore.Mvc;

namespace CodexService.Api.PullRequests;

/// <summary>The built-in review: comments on lines, and requests for changes.</summary>
internal static class ReviewEndpoints
{
    public static void MapReviews(this RouteGroupBuilder api)
    {
        var pull = api.MapGroup("/pull-requests/{number:int}").WithTags("Pull requests");
        pull.MapGet("/patch", PatchAsync).WithSummary("What the head commit changes, as a unified diff: what reviews are about.");
        pull.MapGet("/reviews", ListAsync).Produces<IReadOnlyList<ReviewInfo>>().ProducesProblem(404).WithSummary("The reviews with their comments, oldest first.");
        pull.MapPost("/reviews", SubmitAsync).Produces<ReviewInfo>(201).Produces<ReviewInfo>().ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409)
            .ProducesProblem(429).AddEndpointFilter<BudgetGuard>()
            .WithSummary("Reviews: comments on lines; a request for changes starts a follow-up on the same pull request.");
    }

    private static async Task<IResult> PatchAsync(int number, ReviewReader reviews, CancellationToken cancellationToken) =>
        await reviews.PatchAsync(number, cancellationToken) is { Length: > 0 } patch
            ? Results.File(Encoding.UTF8.GetBytes(patch), "text/x-diff; charset=utf-8", $"codex-pull-request-{number}.patch")
            : Results.Problem(statusCode: StatusCodes.Status404NotFound, title: $"There is no pull request #{number} with a patch.");

    private static async Task<IResult> ListAsync(int number, ReviewReader reviews, CancellationToken cancellationToken) =>
        await reviews.ListAsync(number, cancellationToken) is { } list ? Results.Ok(list) : NoPullRequest(number);

    private static async Task<IResult> SubmitAsync(
        int number,
        SubmitReviewRequest request,
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey,
        HttpContext http,
        TaskReader tasks,
        ReviewReader reader,
        PullRequestReviews reviews,
        CancellationToken cancellationToken)
    {
        if (await tasks.PullRequestAsync(number, cancellationToken) is not { } pull)
        {
            return NoPullRequest(number);
        }

        var key = string.IsNullOrWhiteSpace(idempotencyKey) ? null : idempotencyKey;
        if (key is not null && await reviews.FindAsync(pull.TaskId, key, ReviewRequestReader.Hash(request), cancellationToken) is { } earlier)
        {
            return Results.Ok(await OneAsync(number, earlier.Id, reader, cancellationToken));
        }

        var (review, errors) = ReviewRequestReader.Read(request, key, pull.HeadCommit, await reader.PatchAsync(number, cancellationToken) ?? "", http.User.TokenName());
        if (review is null)
        {
            return Results.ValidationProblem(errors, title: errors.Values.First()[0]);
        }

        var receipt = (await reviews.SubmitAsync(pull.TaskId, review, cancellationToken))!;
        var stored = await OneAsync(number, receipt.Review.Id, reader, cancellationToken);
        return receipt.IsNew ? Results.Created($"/api/pull-requests/{number}/reviews", stored) : Results.Ok(stored);
    }

    private static async Task<ReviewInfo> OneAsync(int number, Guid id, ReviewReader reader, CancellationToken cancellationToken) =>
        (await reader.ListAsync(number, cancellationToken))!.Single(review => review.Id == id);

    private static IResult NoPullRequest(int number) =>
        Results.Problem(statusCode: StatusCodes.Status404NotFound, title: $"There is no pull request #{number}.");
}
