using CodexService.GitHub;
using CodexService.GitHub.Webhooks;
using CodexService.Tasks.Deliveries;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace CodexService.Api.Webhooks;

/// <summary>
/// Takes deliveries of GitHub: proves where they come from, stores them and answers. What they ask for is decided and done
/// later, by the pull-request service.
/// </summary>
internal static class WebhookEndpoints
{
    /// <summary>Where GitHub sends deliveries.</summary>
    public const string Path = "/webhooks/github";

    private const string EventHeader = "X-GitHub-Event";
    private const string DeliveryHeader = "X-GitHub-Delivery";
    private const int LongestName = 100;

    public static void MapWebhooks(this WebApplication app)
    {
        // A secret that is not usable stops the start, not the first delivery.
        app.Services.GetRequiredService<WebhookSecret>();

        // What is compiled and looked up once, 60 ms, is not for GitHub to wait for.
        app.Lifetime.ApplicationStarted.Register(() => WebhookPayload.Read(WebhookPayload.Trim("{}"u8)));
        app.MapPost(Path, ReceiveAsync)
            .AllowAnonymous()
            .WithTags("GitHub")
            .Produces<ReceivedDelivery>(202)
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(404).ProducesProblem(408).ProducesProblem(413).ProducesProblem(415)
            .WithSummary("Takes a signed delivery of a GitHub webhook and stores it; the same delivery twice is stored once.");
    }

    private static async Task<IResult> ReceiveAsync(HttpContext http, WebhookSecret secret, RefusedDeliveries refused, DeliveryStore deliveries, LargeBodies large, IOptions<WebhookOptions> options, CancellationToken cancellationToken)
    {
        if (await secret.FindAsync(cancellationToken) is not { } signature)
        {
            return Problem(StatusCodes.Status404NotFound, $"Webhooks are not set up: give the service the webhook's secret in {WebhookOptions.SecretName}.");
        }

        var request = http.Request;
        var limit = options.Value.MaxBodyBytes;
        if (request.ContentLength > limit)
        {
            return TooLarge(limit);
        }

        // The limit is ours, with an answer of ours.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        using var check = signature.Begin();
        using var reading = new DeliveryBody(request, check, large);
        using var inTime = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        inTime.CancelAfter(options.Value.BodyTime);
        ReadOnlyMemory<byte>? read;
        try
        {
            read = await reading.ReadAsync(limit, inTime.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Problem(StatusCodes.Status408RequestTimeout, $"The delivery was not here after {options.Value.BodyTime.TotalSeconds:0} seconds (Webhooks:BodyTime).");
        }

        if (read is not { } body)
        {
            return TooLarge(limit);
        }

        // Before anything else is looked at: what is not signed is not parsed. The answer stands on GitHub's page of the delivery, for
        // who set the webhook up; where the secret is from is for the log alone, as anybody can ask.
        var signed = request.Headers[WebhookSignature.Header].ToString();
        if (!check.IsValid(signed))
        {
            refused.Tell(secret.Source);
            return Problem(
                StatusCodes.Status401Unauthorized,
                $"The header {WebhookSignature.Header} {(signed.Length == 0 ? "is missing" : "does not fit the body")}: the webhook's secret on GitHub has to be the one that is configured here.");
        }

        if (!request.HasJsonContentType())
        {
            return Problem(StatusCodes.Status415UnsupportedMediaType, "The webhook has to send application/json: choose that content type in its settings on GitHub.");
        }

        var (name, id) = (request.Headers[EventHeader].ToString(), request.Headers[DeliveryHeader].ToString());
        if (!IsName(name) || !IsName(id))
        {
            return Problem(StatusCodes.Status400BadRequest, $"{EventHeader} and {DeliveryHeader} have to be there, each of letters, digits, '-' and '_' alone.");
        }

        // Storing a large one whole takes longer than GitHub should wait, and nearly all of it is commits that nobody reads.
        var kept = body.Length > LargeBodies.Small ? WebhookPayload.Trim(body.Span) : body.ToArray();
        WebhookPayload payload;
        try
        {
            payload = WebhookPayload.Read(kept);
        }
        catch (FormatException e)
        {
            return Problem(StatusCodes.Status400BadRequest, $"The body is not the JSON of a {name} delivery: {e.Message}.");
        }

        var isNew = await deliveries.AddAsync(
            new Delivery
            {
                Id = id,
                Event = name,
                Action = payload.ShownAction,
                Repository = payload.ShownRepository,
                Number = payload.ShownNumber,
                Sender = payload.ShownSender,
                Body = kept,
            },
            cancellationToken);
        return Results.Json(new ReceivedDelivery(id, isNew), statusCode: StatusCodes.Status202Accepted);
    }

    private static bool IsName(string text) => text.Length is > 0 and <= LongestName && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static IResult TooLarge(int limit) => Problem(StatusCodes.Status413PayloadTooLarge, $"The delivery is larger than {limit:N0} bytes (Webhooks:MaxBodyBytes).");

    private static IResult Problem(int status, string title) => Results.Problem(statusCode: status, title: title);
}

/// <summary>A stored delivery.</summary>
/// <param name="Id">GitHub's id of it.</param>
/// <param name="New">Whether it had not come before.</param>
public sealed record ReceivedDelivery(string Id, bool New);
