using System.Text.Json.Serialization;

namespace CodexService.GitHub.Rest;

/// <summary>A try to deliver something to the App's webhook.</summary>
/// <param name="Id">Id of the try.</param>
/// <param name="DeliveryId">What deliveries are known by (<c>X-GitHub-Delivery</c>), the same for every try.</param>
/// <param name="DeliveredAt">When.</param>
/// <param name="StatusCode">What was answered; 0 when nobody did.</param>
public sealed record HookDelivery(long Id, [property: JsonPropertyName("guid")] string DeliveryId, DateTimeOffset DeliveredAt, int StatusCode);
