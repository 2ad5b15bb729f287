using CodexService.Models.Configuration;
using CodexService.Models.Providers;

namespace CodexService.Models.Calling;

/// <summary>A configured model as others may see it: no address, no key.</summary>
/// <param name="Name">Name by which tasks and environments choose it.</param>
/// <param name="Model">The model's name at its endpoint.</param>
/// <param name="Provider"><c>openai</c> or <c>anthropic</c>: whose wire format its endpoint speaks.</param>
/// <param name="ContextTokens">Tokens of prompt and answer together; <see langword="null"/> when nobody said.</param>
/// <param name="WorkingTokens">Configured working budget of a transcript in tokens; <see langword="null"/> for the agent's default.</param>
/// <param name="MaxOutputTokens">Configured upper bound of an answer; <see langword="null"/> for the endpoint's.</param>
public sealed record ModelDescription(string Name, string Model, string Provider, int? ContextTokens, int? WorkingTokens, int? MaxOutputTokens);

/// <summary>The configured models. Thread-safe.</summary>
public interface IModelCatalog
{
    /// <summary>The models in their configured order; empty when none is configured.</summary>
    IReadOnlyList<ModelDescription> Models { get; }

    /// <summary>The model of tasks that name none; <see langword="null"/> when none is configured.</summary>
    string? DefaultName { get; }

    /// <summary>A caller of the named model, or of the default one, with its fallback chain. The same name gives the same caller.</summary>
    /// <exception cref="ModelException">No model has this name, or none is configured.</exception>
    IModelCaller Get(string? name);
}

/// <summary>The models of <see cref="ModelsOptions"/>.</summary>
internal sealed class ModelCatalog : IModelCatalog, IDisposable
{
    private readonly Dictionary<string, ModelEndpoint> endpoints;
    private readonly Dictionary<string, IModelCaller> callers;
    private readonly ChatClients clients;
    private bool disposed;

    /// <summary>Creates the catalog; nothing is asked yet.</summary>
    public ModelCatalog(ModelsOptions options, TimeProvider time)
    {
        clients = new ChatClients(time);
        DefaultName = options.Default ?? (options.Named is [var first, ..] ? first.Name : null);
        Models = [.. options.Named.Select(model => new ModelDescription(
            model.Name, model.Model, model.Provider.ToString().ToLowerInvariant(), model.ContextTokens, model.WorkingTokens, model.MaxOutputTokens))];
        endpoints = options.Named.ToDictionary(model => model.Name, model => new ModelEndpoint(model, options, clients, time), StringComparer.OrdinalIgnoreCase);
        callers = endpoints.ToDictionary(
            named => named.Key,
            named => (IModelCaller)new ModelCaller([named.Value, .. options.Fallback
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Where(name => !string.Equals(name, named.Key, StringComparison.OrdinalIgnoreCase))
                .Select(name => endpoints[name])]),
            StringComparer.OrdinalIgnoreCase);
    }

    /// <inheritdoc />
    public IReadOnlyList<ModelDescription> Models { get; }

    /// <inheritdoc />
    public string? DefaultName { get; }

    /// <inheritdoc />
    public IModelCaller Get(string? name)
    {
        var wanted = string.IsNullOrWhiteSpace(name) ? DefaultName : name.Trim();
        if (wanted is null)
        {
            throw new ModelException(ModelFailure.Refused, "No model is configured: set CODEX_MODEL_URL and CODEX_MODEL, OPENAI_API_KEY or ANTHROPIC_API_KEY.");
        }

        return callers.TryGetValue(wanted, out var caller) ? caller : throw new ModelException(
            ModelFailure.Refused,
            Models.Count == 0
                ? $"No model is called \"{wanted}\": none is configured. Set CODEX_MODEL_URL and CODEX_MODEL, OPENAI_API_KEY or ANTHROPIC_API_KEY."
                : $"No model is called \"{wanted}\". Configured are: {string.Join(", ", Models.Select(model => model.Name))}.");
    }

    /// <summary>The endpoint of a model, without its fallback chain.</summary>
    internal ModelEndpoint Endpoint(string name) => endpoints[name];

    /// <summary>Plain HTTP to a model's endpoint.</summary>
    internal HttpClient Http(string name) => clients.Plain(endpoints[name].Model);

    /// <summary>May be called again: a container that knows the catalog by its class and by its interface disposes it for each.</summary>
    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        foreach (var endpoint in endpoints.Values)
        {
            endpoint.Dispose();
        }

        clients.Dispose();
    }
}
