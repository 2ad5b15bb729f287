using CodexService.Api.Tasks;
using CodexService.Api.Webhooks;
using CodexService.Contracts.Api;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.GitHubLink;

namespace CodexService.Api.GitHub;

/// <summary>What the dashboard shows of GitHub. The API itself has no credentials: it reads what the pull-request service stored.</summary>
internal static class GitHubEndpoints
{
    public static void MapGitHub(this RouteGroupBuilder api)
    {
        var github = api.MapGroup("/github").WithTags("GitHub");
        github.MapGet("", StatusAsync).Produces<GitHubStatus>().WithSummary("How the service stands with GitHub.");
        github.MapGet("/repositories", RepositoriesAsync).Produces<IReadOnlyList<GitHubRepositoryInfo>>()
            .WithSummary("Repositories that deliveries came from or that the App is installed on, with what starts work there.");
        github.MapGet("/deliveries", DeliveriesAsync).Produces<Page<DeliveryInfo>>().ProducesProblem(400)
            .WithSummary("Deliveries of webhooks, newest first, with the decision on each and why.");
        github.MapPost("/deliveries/{id}/redeliver", RedeliverAsync).Produces<DeliveryInfo>(202).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Handles a delivery again. What was done for it already is not done twice.");
        github.MapPost("/manifest", ManifestAsync).Produces<GitHubManifest>().ProducesProblem(400).ProducesProblem(409)
            .WithSummary("What has to be posted to GitHub to make an App with the right permissions and events.");
        github.MapPost("/connect", ConnectAsync).Produces(202).ProducesProblem(400).ProducesProblem(409)
            .WithSummary("Takes the code that GitHub sent a person back with; the pull-request service exchanges it for the App's credentials.");
    }

    private static async Task<IResult> StatusAsync(GitHubLinks links, WebhookSecret secret, CancellationToken cancellationToken) => Results.Ok(new GitHubStatus(
        await links.FindAsync(cancellationToken), WebhookEndpoints.Path, await secret.FindAsync(cancellationToken) is not null));

    private static async Task<IResult> RepositoriesAsync(GitHubLinks links, CancellationToken cancellationToken) => Results.Ok(await links.RepositoriesAsync(cancellationToken));

    private static async Task<IResult> DeliveriesAsync(DeliveryReader deliveries, string? repository, string? state, string? cursor, int? limit, CancellationToken cancellationToken)
    {
        if (!Paging.TryReadLimit(limit, out var size, out var problem) || !Paging.TryReadChoice<DeliveryState>(state, out var wanted, out problem))
        {
            return problem!;
        }

        try
        {
            return Results.Ok(await deliveries.ListAsync(repository, wanted, cursor, size, cancellationToken));
        }
        catch (FormatException)
        {
            return Paging.BadCursor();
        }
    }

    private static async Task<IResult> RedeliverAsync(string id, DeliveryStore store, DeliveryReader deliveries, CancellationToken cancellationToken)
    {
        var again = await store.RedeliverAsync(id, cancellationToken);
        return await deliveries.FindAsync(id, cancellationToken) is not { } delivery
            ? Results.Problem(statusCode: StatusCodes.Status404NotFound, title: $"There is no delivery {id}; deliveries are kept for some days only.")
            : again
            ? Results.Json(delivery, statusCode: StatusCodes.Status202Accepted)
            : Results.Problem(statusCode: StatusCodes.Status409Conflict, title: "The delivery waits to be handled already.");
    }

    private static async Task<IResult> ManifestAsync(NewAppRequest request, GitHubLinks links, IConfiguration configuration, CancellationToken cancellationToken) =>
        AppManifest.Problem(request) is { } problem
            ? Results.Problem(statusCode: StatusCodes.Status400BadRequest, title: problem)
            : await links.FindAsync(cancellationToken) is { Kind: "app", Problem: null } connected
            ? Results.Problem(
                statusCode: StatusCodes.Status409Conflict,
                title: $"The App {connected.Name} is connected and works: to replace it, delete it on GitHub or remove github-app.json from the pull-request service's data folder first.")
            : Results.Ok(AppManifest.Write(request, configuration, await links.BeginManifestAsync(new Uri(request.PublicUrl.TrimEnd('/') + '/'), cancellationToken)));

    private static async Task<IResult> ConnectAsync(ConnectGitHubRequest request, GitHubLinks links, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(request.State) || request.Code is not { Length: > 0 and <= 200 } code || !code.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            return Results.Problem(statusCode: StatusCodes.Status400BadRequest, title: "code and state have to be as GitHub sent them.");
        }

        return await links.ReturnManifestAsync(request.State, code, cancellationToken)
            ? Results.StatusCode(StatusCodes.Status202Accepted)
            : Results.Problem(statusCode: StatusCodes.Status409Conflict, title: "Nobody set out to make an App with this state within the last hour, or it was used already: begin again on the GitHub page.");
    }
}
