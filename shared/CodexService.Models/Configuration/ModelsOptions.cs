namespace CodexService.Models.Configuration;

/// <summary>Whose wire format an endpoint speaks.</summary>
public enum ModelProvider
{
    /// <summary>OpenAI's chat completions: OpenAI, Azure, vLLM, SGLang, llama.cpp, Ollama, LM Studio and others.</summary>
    OpenAI,

    /// <summary>Anthropic's messages.</summary>
    Anthropic,
}

/// <summary>How a model calls tools.</summary>
public enum ToolCalls
{
    /// <summary>Natively; as text from the first sign on that the endpoint or the model cannot.</summary>
    Auto,

    /// <summary>Natively, always.</summary>
    Native,

    /// <summary>As text that is parsed, always.</summary>
    Text,
}

/// <summary>What a million tokens cost, in any one currency.</summary>
/// <param name="Input">Prompt tokens. Default 0.</param>
/// <param name="CachedInput">Prompt tokens from the endpoint's cache. Default: as <paramref name="Input"/>.</param>
/// <param name="Output">Answer tokens. Default 0.</param>
public sealed record ModelPrices(decimal Input, decimal? CachedInput, decimal Output)
{
    private const decimal Million = 1_000_000m;

    /// <summary>No price.</summary>
    public static ModelPrices None { get; } = new(0m, null, 0m);

    /// <summary>Price of one answer; <paramref name="inputTokens"/> includes the cached ones.</summary>
    public decimal Of(long inputTokens, long cachedInputTokens, long outputTokens) =>
        (((inputTokens - cachedInputTokens) * Input) + (cachedInputTokens * (CachedInput ?? Input)) + (outputTokens * Output)) / Million;
}

/// <summary>One configured model (<c>Models:Named:&lt;n&gt;</c>, or the short names of the environment).</summary>
public sealed record ModelOptions
{
    /// <summary>Name by which tasks and environments choose it; unique.</summary>
    public required string Name { get; init; }

    /// <summary>Wire format. Default OpenAI.</summary>
    public ModelProvider Provider { get; init; }

    /// <summary>Base address; for OpenAI's format it ends in a path such as <c>/v1</c>. Default: the provider's own.</summary>
    public required Uri Url { get; init; }

    /// <summary>The model's name at the endpoint.</summary>
    public required string Model { get; init; }

    /// <summary>Key; <see langword="null"/> for endpoints without. Never part of a text that leaves this process.</summary>
    public string? Key { get; init; }

    /// <summary>Tokens of prompt and answer together; <see langword="null"/> when nobody said.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>Upper bound of one answer in tokens; <see langword="null"/> for the endpoint's (Anthropic: 8192).</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>Tokens up to which a transcript may grow before older parts are masked; <see langword="null"/> for the agent's default.</summary>
    public int? WorkingTokens { get; init; }

    /// <summary>How tools are called. Default auto.</summary>
    public ToolCalls ToolCalls { get; init; }

    /// <summary>Sampling temperature of every request; <see langword="null"/> lets the asker choose.</summary>
    public float? Temperature { get; init; }

    /// <summary>Prices. Default none.</summary>
    public ModelPrices Prices { get; init; } = ModelPrices.None;

    /// <summary>The setting that names the key, for messages: <c>CODEX_MODEL_KEY</c>, <c>Models:Named:0:Key</c>.</summary>
    public string KeySetting { get; init; } = "CODEX_MODEL_KEY";

    /// <summary>The setting that names the address.</summary>
    public string UrlSetting { get; init; } = "CODEX_MODEL_URL";

    /// <summary>The setting that names the model.</summary>
    public string ModelSetting { get; init; } = "CODEX_MODEL";

    /// <summary>The setting that names the context length.</summary>
    public string ContextSetting { get; init; } = "CODEX_MODEL_CONTEXT";

    /// <summary>Name, model and address; never the key.</summary>
    public override string ToString() => $"{Name} ({Model} at {Url})";
}

/// <summary>The configured models and how they are called (section <c>Models</c>).</summary>
public sealed record ModelsOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Models";

    /// <summary>The models; empty when none is configured.</summary>
    public IReadOnlyList<ModelOptions> Named { get; init; } = [];

    /// <summary>The model of tasks that name none. Default: the first.</summary>
    public string? Default { get; init; }

    /// <summary>Asked in this order when a model is unreachable, overloaded, silent or garbled. Default none.</summary>
    public IReadOnlyList<string> Fallback { get; init; } = [];

    /// <summary>Longest wait for the first token, and for each one after. Default 60 s.</summary>
    public TimeSpan FirstTokenTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Repetitions of a request after a passing failure, per model. Default 3.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>Wait before the first repetition; doubled for each further one, with jitter. Default 1 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait before a repetition, also when <c>Retry-After</c> asks for more. Default 60 s.</summary>
    public TimeSpan LongestRetryDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest answer (text and arguments) in characters; a longer one is cut off and refused. Default 4 Mi.</summary>
    public int LongestAnswer { get; init; } = 4 * 1024 * 1024;

    /// <summary>The names; never the keys.</summary>
    public override string ToString() => $"models: {(Named.Count == 0 ? "none" : string.Join(", ", Named.Select(model => model.Name)))}";
}
