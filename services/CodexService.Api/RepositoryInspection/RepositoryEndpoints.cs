using CodexService.Api.Tasks;
using CodexService.Contracts.Api;
using CodexService.Repositories;
using CodexService.Tasks.Workers;
using Microsoft.AspNetCore.Mvc;

namespace CodexService.Api.RepositoryInspection;

internal static class RepositoryEndpoints
{
    public static void MapRepositories(this RouteGroupBuilder api)
    {
        var repositories = api.MapGroup("/repositories").WithTags("Repositories");
        repositories.MapGet("/inspect", InspectAsync).Produces<CodexService.Contracts.Api.RepositoryInspection>().ProducesValidationProblem(422)
            .WithSummary("Branches, default branch and a guess of the test command.");
        repositories.MapGet("/outlook", OutlookAsync).Produces<ChangeOutlook>().ProducesProblem(400).ProducesValidationProblem(422)
            .WithSummary("Whether a change of a repository could be worked on now, or what it needs.");
    }

    private static Task<IResult> InspectAsync(string? repository, RepositoryLookup repositories, CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        var found = await repositories.InspectAsync(repository ?? "", cancellationToken);
        return new CodexService.Contracts.Api.RepositoryInspection(found.Address, found.DefaultBranch, found.Branches, found.TestCommand, found.TestCommandWhy);
    });

    private static Task<IResult> OutlookAsync(
        string? repository,
        [FromQuery(Name = "base_ref")] string? baseRef,
        [FromQuery(Name = "test_command")] string? testCommand,
        string? brain,
        RepositoryLookup repositories,
        TaskAdmission admission,
        CancellationToken cancellationToken) => !Paging.TryReadChoice<BrainChoice>(brain, out var wanted, out var problem, "brain") ? Task.FromResult(problem) : AnswerAsync(async () =>
    {
        var named = repository ?? "";
        testCommand = string.IsNullOrWhiteSpace(testCommand) ? (await repositories.InspectAsync(named, cancellationToken)).TestCommand : testCommand.Trim();
        var refusal = await admission.WhyNotAsync(
            new BrainWish(TaskKind.Change, wanted ?? BrainChoice.Auto, [], ApprovePlan: false),
            testCommand ?? "",
            () => repositories.HasPythonAsync(named, baseRef, cancellationToken),
            cancellationToken);
        return new ChangeOutlook(refusal?.SentenceForUsers);
    });

    private static async Task<IResult> AnswerAsync<T>(Func<Task<T>> look)
    {
        try
        {
            return Results.Ok(await look());
        }
        catch (RepositoryException e)
        {
            return Results.ValidationProblem(
                new Dictionary<string, string[]>(StringComparer.Ordinal) { [e.Kind == RepositoryErrorKind.UnknownRef ? "base_ref" : "repository"] = [e.Message] },
                title: e.Message,
                statusCode: StatusCodes.Status422UnprocessableEntity);
        }
    }
}
