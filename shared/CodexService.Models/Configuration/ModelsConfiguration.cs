using System.Globalization;
using CodexService.Contracts.Api;
using CodexService.ServiceDefaults.Configuration;
using Microsoft.Extensions.Configuration;

namespace CodexService.Models.Configuration;

/// <summary>
/// Reads the models from section <c>Models</c> and from the short names: <c>CODEX_MODEL_URL</c>, <c>CODEX_MODEL</c>,
/// <c>CODEX_MODEL_KEY</c>, else <c>OPENAI_API_KEY</c>, else <c>ANTHROPIC_API_KEY</c>. The model of the short names is called
/// <c>default</c> and is the default; the ones of the section stand beside it.
/// </summary>
public static class ModelsConfiguration
{
    private const string ShortName = "default";
    private const string OpenAIModel = "gpt-5.1";
    private const string AnthropicModel = "claude-sonnet-5-5";
    private static readonly Uri OpenAIUrl = new("https://api.openai.com/v1");
    private static readonly Uri AnthropicUrl = new("https://api.anthropic.com/v1");

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="ConfigurationException">A value is not usable; the message names the key and the fix.</exception>
    public static ModelsOptions From(IConfiguration configuration)
    {
        var section = new SettingReader(configuration, ModelsOptions.Section);
        var defaults = new ModelsOptions();
        List<ModelOptions> models = [.. FromShortNames(configuration), .. FromSection(configuration)];
        RequireUniqueNames(models);
        return new ModelsOptions
        {
            Named = models,
            Default = DefaultName(section, models),
            Fallback = FallbackNames(configuration, models),
            FirstTokenTimeout = section.Duration("FirstTokenTimeout") ?? defaults.FirstTokenTimeout,
            Retries = section.Integer("Retries", 0, 20) ?? defaults.Retries,
            RetryDelay = section.Duration("RetryDelay") ?? defaults.RetryDelay,
            LongestRetryDelay = section.Duration("LongestRetryDelay") ?? defaults.LongestRetryDelay,
            LongestAnswer = section.Integer("LongestAnswer", 1024, int.MaxValue) ?? defaults.LongestAnswer,
        };
    }

    private static IEnumerable<ModelOptions> FromShortNames(IConfiguration configuration)
    {
        var names = new SettingReader(configuration, null);
        var model = names.Text("CODEX_MODEL");
        var key = names.Key("CODEX_MODEL_KEY");
        if (names.Text("CODEX_MODEL_URL") is { } url)
        {
            var said = model ?? throw new ConfigurationException(
                "CODEX_MODEL_URL is set but CODEX_MODEL is not: name the model that this endpoint serves, for example CODEX_MODEL=qwen3-coder-30b.");
            yield return Short(ModelProvider.OpenAI, Address("CODEX_MODEL_URL", url, ModelProvider.OpenAI), said, key, "CODEX_MODEL_KEY");
        }
        else if (names.Key("OPENAI_API_KEY") is { } openAI)
        {
            yield return Short(ModelProvider.OpenAI, OpenAIUrl, model ?? OpenAIModel, openAI, "OPENAI_API_KEY");
        }
        else if (names.Key("ANTHROPIC_API_KEY") is { } anthropic)
        {
            yield return Short(ModelProvider.Anthropic, AnthropicUrl, model ?? AnthropicModel, anthropic, "ANTHROPIC_API_KEY");
        }
        else if (model is not null && !configuration.GetSection($"{ModelsOptions.Section}:Named").GetChildren().Any())
        {
            throw new ConfigurationException(
                "CODEX_MODEL is set but nothing says where the model is: set CODEX_MODEL_URL, OPENAI_API_KEY or ANTHROPIC_API_KEY.");
        }
        else if (key is not null)
        {
            throw new ConfigurationException(
                "CODEX_MODEL_KEY is set but CODEX_MODEL_URL is not: give the endpoint's address, for example CODEX_MODEL_URL=https://api.openai.com/v1.");
        }

        ModelOptions Short(ModelProvider provider, Uri url, string model, string? key, string keySetting) => new()
        {
            Name = ShortName,
            Provider = provider,
            Url = url,
            Model = model,
            Key = key,
            KeySetting = keySetting,
            ContextTokens = names.Integer("CODEX_MODEL_CONTEXT", 256, int.MaxValue),
        };
    }

    private static IEnumerable<ModelOptions> FromSection(IConfiguration configuration)
    {
        foreach (var child in configuration.GetSection($"{ModelsOptions.Section}:Named").GetChildren())
        {
            var setting = new SettingReader(configuration, child.Path);
            var name = setting.Text("Name") ?? throw new ConfigurationException($"{child.Path}:Name is not set: give the model a name that tasks can choose it by.");
            if (!ModelName.IsValid(name))
            {
                throw new ConfigurationException($"{child.Path}:Name is not a name that tasks can choose: it has to be {ModelName.Rule}.");
            }

            var provider = setting.Choice<ModelProvider>("Provider");
            var url = setting.Text("Url");
            if (url is null && provider == ModelProvider.OpenAI && setting.Text("Key") is null)
            {
                throw new ConfigurationException($"{child.Path}:Url is not set: give the endpoint's address, for example http://127.0.0.1:8000/v1.");
            }

            yield return new ModelOptions
            {
                Name = name,
                Provider = provider,
                Url = url is not null ? Address($"{child.Path}:Url", url, provider) : provider == ModelProvider.OpenAI ? OpenAIUrl : AnthropicUrl,
                Model = setting.Text("Model") ?? throw new ConfigurationException($"{child.Path}:Model is not set: name the model as the endpoint calls it."),
                Key = setting.Key("Key") ?? (provider == ModelProvider.OpenAI
                    ? null
                    : throw new ConfigurationException($"{child.Path}:Key is not set: Anthropic's endpoint wants a key.")),
                ContextTokens = setting.Integer("ContextTokens", 256, int.MaxValue),
                MaxOutputTokens = setting.Integer("MaxOutputTokens", 1, int.MaxValue),
                WorkingTokens = setting.Integer("WorkingTokens", 256, int.MaxValue),
                ToolCalls = setting.Choice<ToolCalls>("ToolCalls"),
                Temperature = (float?)setting.Number("Temperature", 0, 2),
                Prices = new ModelPrices(
                    setting.Number("Prices:Input", 0, decimal.MaxValue) ?? 0m,
                    setting.Number("Prices:CachedInput", 0, decimal.MaxValue),
                    setting.Number("Prices:Output", 0, decimal.MaxValue) ?? 0m),
                KeySetting = $"{child.Path}:Key",
                UrlSetting = $"{child.Path}:Url",
                ModelSetting = $"{child.Path}:Model",
                ContextSetting = $"{child.Path}:ContextTokens",
            };
        }
    }

    // The value is not repeated when it holds a user: that part may be a secret.
    private static Uri Address(string setting, string value, ModelProvider provider)
    {
        const string Example = "for example http://127.0.0.1:8000/v1";
        if (!Uri.TryCreate(value, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            throw new ConfigurationException($"{setting} is not an address that starts with http:// or https://: give the endpoint's base address, {Example}.");
        }

        if (url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0)
        {
            throw new ConfigurationException($"{setting} holds a user, a query or a fragment: give the base address alone, {Example}, and the key as a setting of its own.");
        }

        if (url.AbsolutePath.Contains("/chat/completions", StringComparison.OrdinalIgnoreCase))
        {
            throw new ConfigurationException($"{setting} is \"{value}\": leave out /chat/completions and what follows, give the base address, {Example}.");
        }

        return provider == ModelProvider.Anthropic || url.AbsolutePath.Trim('/').Length > 0
            ? new Uri(url.AbsoluteUri.TrimEnd('/'))
            : throw new ConfigurationException($"{setting} is \"{value}\": it has to end in the path of the API, most often /v1, {Example}.");
    }

    private static void RequireUniqueNames(List<ModelOptions> models)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (models.Find(model => !seen.Add(model.Name)) is { } twice)
        {
            throw new ConfigurationException(twice.Name == ShortName
                ? $"Models:Named has a model called \"{ShortName}\", which is also the name of the one from CODEX_MODEL_URL, OPENAI_API_KEY or ANTHROPIC_API_KEY: rename it."
                : $"Models:Named has two models called \"{twice.Name}\": names have to differ.");
        }
    }

    private static string? DefaultName(SettingReader section, List<ModelOptions> models) => section.Text("Default") switch
    {
        { } name => Known("Models:Default", name, models),
        null => models.FirstOrDefault()?.Name,
    };

    private static List<string> FallbackNames(IConfiguration configuration, List<ModelOptions> models) =>
        [.. configuration.GetSection("Models:Fallback").GetChildren()
            .Where(child => !string.IsNullOrWhiteSpace(child.Value))
            .Select(child => Known(child.Path, child.Value!.Trim(), models))];

    private static string Known(string setting, string name, List<ModelOptions> models) =>
        models.Find(model => string.Equals(model.Name, name, StringComparison.OrdinalIgnoreCase))?.Name
        ?? throw new ConfigurationException(string.Create(
            CultureInfo.InvariantCulture,
            $"{setting} is \"{name}\", but no model has this name: configured are {(models.Count == 0 ? "none" : string.Join(", ", models.Select(model => model.Name)))}."));
}
