using System.Text.Json;
using System.Text.Json.Serialization;

namespace CodexService.GitHub.Webhooks;

/// <summary>How deliveries are read; generated when this is built, as GitHub waits while the first delivery of a process is read.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(WebhookPayload))]
internal sealed partial class WebhookJson : JsonSerializerContext;
