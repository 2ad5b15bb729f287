using System.Net.Http.Json;
using System.Text.Json;
using CodexService.Models.Configuration;
using CodexService.Models.Providers;

namespace CodexService.Models.Diagnosis;

/// <summary>What an endpoint tells about itself.</summary>
/// <param name="Models">Names of the models it lists; <see langword="null"/> when it lists none.</param>
/// <param name="ContextTokens">Context length; <see langword="null"/> when it does not tell.</param>
internal sealed record EndpointFacts(IReadOnlyList<string>? Models, int? ContextTokens);

/// <summary>
/// Asks an endpoint's side doors: the model list (vLLM and SGLang tell <c>max_model_len</c>, llama.cpp <c>meta.n_ctx_train</c>,
/// Anthropic <c>max_input_tokens</c>), llama.cpp's <c>/props</c>, Ollama's <c>/api/show</c>. What is not there is not known; that is no failure.
/// </summary>
internal sealed class EndpointProbe(ModelOptions model, HttpClient http)
{
    /// <summary>Asks.</summary>
    public async Task<EndpointFacts> AskAsync(CancellationToken cancellationToken)
    {
        // Hosted providers tell only the list; the other doors are those of self-hosted servers.
        var list = await GetAsync(Address("/models", isRoot: false), null, cancellationToken);
        var models = Listed(list);
        var context = models?.Find(entry => entry.Id == model.Model).Context;
        if (model.Provider == ModelProvider.OpenAI && context is null)
        {
            // What the server was started with counts, not what the model was trained for.
            context = Number(await GetAsync(Address("/props", isRoot: true), null, cancellationToken), "default_generation_settings", "n_ctx")
                ?? Ollama(await GetAsync(Address("/api/show", isRoot: true), new { model = model.Model }, cancellationToken))
                ?? models?.Find(entry => entry.Id == model.Model).Trained
                ?? (models is [var only] ? only.Context ?? only.Trained : null);
        }

        return new EndpointFacts(models is null ? null : [.. models.Select(entry => entry.Id)], context);
    }

    private static List<(string Id, int? Context, int? Trained)>? Listed(JsonElement? list)
    {
        if (list is not { ValueKind: JsonValueKind.Object } json || !json.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        return [.. data.EnumerateArray()
            .Where(entry => entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String)
            .Select(entry => (
                entry.GetProperty("id").GetString()!,
                Number(entry, "max_model_len") ?? Number(entry, "max_input_tokens") ?? Number(entry, "context_length"),
                Number(entry, "meta", "n_ctx_train")))];
    }

    // A num_ctx among the parameters is what the server uses; model_info tells what the model was trained for.
    private static int? Ollama(JsonElement? shown)
    {
        if (shown is not { ValueKind: JsonValueKind.Object } json)
        {
            return null;
        }

        if (json.TryGetProperty("parameters", out var parameters) && parameters.ValueKind == JsonValueKind.String)
        {
            var words = parameters.GetString()!.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (Array.IndexOf(words, "num_ctx") is >= 0 and var at && at + 1 < words.Length && int.TryParse(words[at + 1], out var set))
            {
                return set;
            }
        }

        return json.TryGetProperty("model_info", out var info) && info.ValueKind == JsonValueKind.Object
            ? info.EnumerateObject().Where(property => property.Name.EndsWith(".context_length", StringComparison.Ordinal)).Select(property => Whole(property.Value)).FirstOrDefault()
            : null;
    }

    private static int? Number(JsonElement? json, params ReadOnlySpan<string> path)
    {
        var at = json ?? default;
        foreach (var name in path)
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
            {
                return null;
            }
        }

        return Whole(at);
    }

    private static int? Whole(JsonElement json) => json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out var number) && number > 0 ? number : null;

    private async Task<JsonElement?> GetAsync(Uri address, object? question, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(question is null ? HttpMethod.Get : HttpMethod.Post, address);
        request.Content = question is null ? null : JsonContent.Create(question);
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or EndpointException or JsonException or IOException)
        {
            // The request for an answer, which follows, says what is wrong.
            return null;
        }
    }

    private Uri Address(string path, bool isRoot)
    {
        var address = model.Url.AbsoluteUri.TrimEnd('/');
        var versioned = address.EndsWith("/v1", StringComparison.Ordinal);
        return new Uri((isRoot && versioned ? address[..^3] : !isRoot && !versioned && model.Provider == ModelProvider.Anthropic ? address + "/v1" : address) + path);
    }
}
