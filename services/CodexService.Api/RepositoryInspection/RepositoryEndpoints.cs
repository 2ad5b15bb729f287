using CodexService.Contracts.Api;
using CodexService.Repositories;

namespace CodexService.Api.RepositoryInspection;

internal static class RepositoryEndpoints
{
    public static void MapRepositories(this RouteGroupBuilder api) => api.MapGet("/repositories/inspect", InspectAsync)
        .Produces<CodexService.Contracts.Api.RepositoryInspection>().ProducesValidationProblem(422).WithTags("Repositories")
        .WithSummary("Branches, default branch and a guess of the test command.");

    private static async Task<IResult> InspectAsync(string? repository, RepositoryLookup repositories, CancellationToken cancellationToken)
    {
        try
        {
            var found = await repositories.InspectAsync(repository ?? "", cancellationToken);
            return Results.Ok(new CodexService.Contracts.Api.RepositoryInspection(found.Address, found.DefaultBranch, found.Branches, found.TestCommand, found.TestCommandWhy)
            {
                HasPython = await repositories.HasPythonAsync(repository ?? "", found.DefaultBranch, cancellationToken),
            });
        }
        catch (RepositoryException e)
        {
            return Results.ValidationProblem(
                new Dictionary<string, string[]>(StringComparer.Ordinal) { ["repository"] = [e.Message] },
                title: e.Message,
                statusCode: StatusCodes.Status422UnprocessableEntity);
        }
    }
}
