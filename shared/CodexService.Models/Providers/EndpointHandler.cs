using System.Net.Http.Headers;
using System.Text.Json;

namespace CodexService.Models.Providers;

/// <summary>
/// Stands between an SDK and the network, so that every provider reports failures alike: an error status, a page for
/// people and an endless line become an <see cref="EndpointException"/> whose text is short, on one line and free of the key.
/// </summary>
internal sealed class EndpointHandler(HttpMessageHandler network, string? key, TimeProvider time) : DelegatingHandler(network)
{
    private const int LongestError = 64 * 1024;
    private const int LongestMessage = 300;

    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (key is null)
        {
            // The SDKs insist on a key; endpoints without one get none.
            request.Headers.Authorization = null;
            request.Headers.Remove("x-api-key");
        }

        var response = await base.SendAsync(request, cancellationToken);
        var media = response.Content.Headers.ContentType?.MediaType;
        if (response.IsSuccessStatusCode && media is not "text/html")
        {
            // Whoever asks for an answer asks for a stream of events.
            response.Content = new GuardedContent(response.Content, request.Method == HttpMethod.Post && IsQuestion(request.RequestUri) ? key ?? "" : null);
            return response;
        }

        using (response)
        {
            var status = (int)response.StatusCode;
            throw status < 400 || (status is 404 or 405 && media is "text/html")
                ? new EndpointException(EndpointFault.NotAnApi, status is < 300 or >= 400 ? $"it answered with a web page ({status})" : $"it redirects elsewhere ({status})") { Status = status }
                : new EndpointException(EndpointFault.Status, media is "text/html" ? "a web page" : await MessageAsync(response, cancellationToken))
                {
                    Status = status,
                    RetryAfter = Wait(response.Headers.RetryAfter),
                };
        }
    }

    private static bool IsQuestion(Uri? address) => address?.AbsolutePath is { } path
        && (path.EndsWith("/chat/completions", StringComparison.Ordinal) || path.EndsWith("/messages", StringComparison.Ordinal));

    private TimeSpan? Wait(RetryConditionHeaderValue? asked) => asked switch
    {
        { Delta: { } seconds } => seconds,
        { Date: { } date } when date > time.GetUtcNow() => date - time.GetUtcNow(),
        { Date: not null } => TimeSpan.Zero,
        _ => null,
    };

    private async Task<string> MessageAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = new byte[LongestError];
        int length;
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return "no explanation";
        }

        return OneLine(Extract(buffer.AsMemory(0, length)) ?? System.Text.Encoding.UTF8.GetString(buffer, 0, length), key);
    }

    /// <summary>A text as one short line without the key.</summary>
    public static string OneLine(string text, string? key)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (key is { Length: >= 4 })
        {
            line = line.Replace(key, "***", StringComparison.Ordinal);
        }

        return line.Length == 0 ? "no explanation" : line.Length <= LongestMessage ? line : line[..LongestMessage] + "…";
    }

    // {"error":{"message":…,"code":…}} (OpenAI, llama.cpp, Anthropic), {"error":"…"} (Ollama), {"message":…} (vLLM), {"detail":…}
    internal static string? Extract(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var error = json.RootElement;
            if (error.ValueKind == JsonValueKind.Object && error.TryGetProperty("error", out var inner))
            {
                error = inner;
            }

            if (error.ValueKind == JsonValueKind.String)
            {
                return error.GetString();
            }

            var message = TextOf(error, "message") ?? TextOf(error, "detail");
            var code = TextOf(error, "code") ?? TextOf(error, "type");
            return message is null ? null : code is null || message.Contains(code, StringComparison.Ordinal) ? message : $"{message} ({code})";
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? TextOf(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
