using CodexService.Models.Configuration;
using CodexService.ServiceDefaults.Configuration;
using Microsoft.Extensions.Configuration;

namespace CodexService.Models.Tests.Configuration;

public sealed class ModelsConfigurationTests
{
    private const string Secret = "sk-very-secret";

    [Fact]
    public void From_Nothing_HasNoModel()
    {
        var options = Read();

        Assert.Empty(options.Named);
        Assert.Null(options.Default);
    }

    [Fact]
    public void From_ShortNames_AreOneModelCalledDefault()
    {
        var options = Read(("CODEX_MODEL_URL", "http://127.0.0.1:8000/v1/"), ("CODEX_MODEL", "qwen"), ("CODEX_MODEL_KEY", Secret), ("OPENAI_API_KEY", "other"));

        var model = Assert.Single(options.Named);
        Assert.Equal(("default", "qwen", Secret, ModelProvider.OpenAI), (model.Name, model.Model, model.Key, model.Provider));
        Assert.Equal("http://127.0.0.1:8000/v1", model.Url.AbsoluteUri);
        Assert.Equal("default", options.Default);
    }

    [Theory]
    [InlineData("OPENAI_API_KEY", ModelProvider.OpenAI, "https://api.openai.com/v1")]
    [InlineData("ANTHROPIC_API_KEY", ModelProvider.Anthropic, "https://api.anthropic.com/v1")]
    public void From_ProviderKey_UsesTheProvidersAddress(string name, ModelProvider provider, string url)
    {
        var model = Assert.Single(Read((name, Secret)).Named);

        Assert.Equal((provider, url, name), (model.Provider, model.Url.AbsoluteUri, model.KeySetting));
        Assert.NotEmpty(model.Model);
        Assert.Equal("mine", Assert.Single(Read((name, Secret), ("CODEX_MODEL", "mine")).Named).Model);
    }

    [Fact]
    public void From_Section_ReadsEverything()
    {
        var options = Read(
            ("Models:Named:0:Name", "small"), ("Models:Named:0:Url", "http://gpu:8000/v1"), ("Models:Named:0:Model", "qwen"),
            ("Models:Named:0:ContextTokens", "32768"), ("Models:Named:0:WorkingTokens", "24000"), ("Models:Named:0:MaxOutputTokens", "4096"),
            ("Models:Named:0:ToolCalls", "text"), ("Models:Named:0:Temperature", "0.2"),
            ("Models:Named:1:Name", "large"), ("Models:Named:1:Provider", "anthropic"), ("Models:Named:1:Model", "claude"), ("Models:Named:1:Key", Secret),
            ("Models:Named:1:Prices:Input", "3"), ("Models:Named:1:Prices:CachedInput", "0.3"), ("Models:Named:1:Prices:Output", "15"),
            ("Models:Default", "large"), ("Models:Fallback:0", "small"), ("Models:FirstTokenTimeout", "00:02:00"), ("Models:Retries", "5"));

        Assert.Equal(("large", 5, TimeSpan.FromMinutes(2)), (options.Default, options.Retries, options.FirstTokenTimeout));
        Assert.Equal(["small"], options.Fallback);
        Assert.Equal((32768, 24000, 4096, ToolCalls.Text, 0.2f), (options.Named[0].ContextTokens, options.Named[0].WorkingTokens, options.Named[0].MaxOutputTokens, options.Named[0].ToolCalls, options.Named[0].Temperature));
        Assert.Equal(new ModelPrices(3m, 0.3m, 15m), options.Named[1].Prices);
    }

    [Theory]
    [InlineData("CODEX_MODEL_URL", "gpu:8000/v1", "CODEX_MODEL_URL", "http://")]
    [InlineData("CODEX_MODEL_URL", "http://gpu:8000", "CODEX_MODEL_URL", "/v1")]
    [InlineData("CODEX_MODEL_URL", "http://gpu/v1/chat/completions", "CODEX_MODEL_URL", "leave out")]
    [InlineData("CODEX_MODEL_URL", "http://me:sk-very-secret@gpu/v1", "CODEX_MODEL_URL", "setting of its own")]
    [InlineData("CODEX_MODEL_URL", "http://gpu/v1?key=sk-very-secret", "CODEX_MODEL_URL", "setting of its own")]
    [InlineData("CODEX_MODEL_KEY", "sk-very-secret sk-other", "CODEX_MODEL_KEY", "key alone")]
    [InlineData("Models:Named:0:Key", "sk-very-secret\nx", "Models:Named:0:Key", "key alone")]
    [InlineData("CODEX_MODEL", " ", "CODEX_MODEL", "name the model")]
    [InlineData("Models:Named:0:Name", "", "Models:Named:0:Name", "name")]
    [InlineData("Models:Named:0:Name", "http://gpu/v1", "Models:Named:0:Name", "not an address")]
    [InlineData("Models:Named:0:Name", "my model", "Models:Named:0:Name", "1 to 64 letters")]
    [InlineData("Models:Named:0:Name", "default", "\"default\"", "rename")]
    [InlineData("Models:Named:0:Model", "", "Models:Named:0:Model", "endpoint calls it")]
    [InlineData("Models:Named:0:Provider", "google", "Models:Named:0:Provider", "openai, anthropic")]
    [InlineData("Models:Named:0:Prices:Output", "-1", "Models:Named:0:Prices:Output", "at least 0")]
    [InlineData("Models:Named:0:ContextTokens", "32k", "Models:Named:0:ContextTokens", "whole number")]
    [InlineData("Models:Named:0:ToolCalls", "maybe", "Models:Named:0:ToolCalls", "auto, native, text")]
    [InlineData("Models:Named:1:Name", "small", "two models", "differ")]
    [InlineData("Models:Fallback:0", "nobody", "Models:Fallback:0", "default, small, other")]
    [InlineData("Models:Default", "nobody", "Models:Default", "default, small, other")]
    [InlineData("Models:FirstTokenTimeout", "0", "Models:FirstTokenTimeout", "more than zero")]
    public void From_UnusableValue_SaysWhichAndWhatToDoInOneLine(string key, string value, string names, string says)
    {
        var settings = new Dictionary<string, string?>
        {
            ["CODEX_MODEL_URL"] = "http://gpu/v1", ["CODEX_MODEL"] = "m", ["CODEX_MODEL_KEY"] = Secret,
            ["Models:Named:0:Name"] = "small", ["Models:Named:0:Url"] = "http://gpu/v1", ["Models:Named:0:Model"] = "m", ["Models:Named:0:Key"] = Secret,
            ["Models:Named:1:Name"] = "other", ["Models:Named:1:Url"] = "http://gpu/v1", ["Models:Named:1:Model"] = "m",
            [key] = value,
        };

        var error = Assert.Throws<ConfigurationException>(() => ModelsConfiguration.From(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()));

        Assert.Contains(names, error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain(Secret, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CODEX_MODEL")]
    [InlineData("CODEX_MODEL_KEY")]
    public void From_ModelOrKeyWithoutAnAddress_SaysWhatIsMissing(string name)
    {
        var error = Assert.Throws<ConfigurationException>(() => Read((name, "x")));

        Assert.StartsWith(name + " is set but ", error.Message, StringComparison.Ordinal);
        Assert.Contains("CODEX_MODEL_URL", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_NeverHoldsTheKey()
    {
        var options = Read(("OPENAI_API_KEY", Secret));

        Assert.DoesNotContain(Secret, $"{options} {options.Named[0]}", StringComparison.Ordinal);
    }

    [Fact]
    public void Prices_CachedInput_IsPricedApart()
    {
        Assert.Equal(0.0078m, new ModelPrices(3m, 0.3m, 15m).Of(2000, 1000, 300));
        Assert.Equal(0.006m, new ModelPrices(3m, null, 0m).Of(2000, 1000, 300));
    }

    private static ModelsOptions Read(params (string Key, string Value)[] settings) => ModelsConfiguration.From(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build());
}
