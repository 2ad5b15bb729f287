using CodexService.Models.Calling;
using CodexService.Models.Configuration;
using CodexService.Models.Diagnosis;
using CodexService.Testing.ScriptedModels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using static CodexService.Models.Tests.Calling.CallerFixture;

namespace CodexService.Models.Tests.Calling;

public sealed class FallbackTests
{
    [Fact]
    public async Task Ask_FirstModelFails_TheNextAnswers()
    {
        await using var broken = await ScriptedModelServer.StartAsync(_ => ScriptedTurn.ServerError());
        await using var sound = await ScriptedModelServer.StartAsync(ScriptedTurn.Say("here"));
        using var models = Chain(broken, sound);

        var answer = await models.Caller.AskAsync(Ask(), default);

        Assert.Equal(("here", "second"), (answer.Message.Text, answer.Model));
    }

    [Fact]
    public async Task Ask_ContextTooSmallOrWrongKey_IsNotPassedOn()
    {
        await using var first = await ScriptedModelServer.StartAsync(ScriptedTurn.ContextTooLong(), ScriptedTurn.WrongKey());
        await using var second = await ScriptedModelServer.StartAsync();
        using var models = Chain(first, second);

        Assert.Equal(ModelFailure.ContextTooSmall, (await Assert.ThrowsAsync<ModelException>(() => models.Caller.AskAsync(Ask(), default))).Failure);
        Assert.Equal(ModelFailure.Unauthorized, (await Assert.ThrowsAsync<ModelException>(() => models.Caller.AskAsync(Ask(), default))).Failure);
        Assert.Empty(second.Requests);
    }

    [Fact]
    public async Task Ask_AllFail_SaysWhatEachDid()
    {
        await using var first = await ScriptedModelServer.StartAsync(_ => ScriptedTurn.ServerError());
        await using var second = await ScriptedModelServer.StartAsync(_ => ScriptedTurn.Truncated());
        using var models = Chain(first, second);

        var error = await Assert.ThrowsAsync<ModelException>(() => models.Caller.AskAsync(Ask(), default));

        ModelCallerTests.AssertOneLine(error, ModelFailure.Overloaded, "None of 2 models", "\"second\"", "ended in the middle");
    }

    [Fact]
    public async Task Catalog_NamesAndUnknownName_AreToldWithoutAddresses()
    {
        await using var server = await ScriptedModelServer.StartAsync();
        using var models = Chain(server, server);

        Assert.Equal(["default", "second"], models.Catalog.Models.Select(model => model.Name));
        Assert.Same(models.Catalog.Get("SECOND"), models.Catalog.Get("second"));
        var error = Assert.Throws<ModelException>(() => models.Catalog.Get("third"));
        Assert.Equal((ModelFailure.Refused, "No model is called \"third\". Configured are: default, second."), (error.Failure, error.Message));
    }

    [Fact]
    public void AddModels_NothingConfigured_SaysSoWhenAsked()
    {
        using var services = new ServiceCollection().AddModels(new ConfigurationBuilder().Build()).BuildServiceProvider();
        var catalog = services.GetRequiredService<IModelCatalog>();

        Assert.Empty(catalog.Models);
        Assert.Null(catalog.DefaultName);
        Assert.Contains("CODEX_MODEL_URL", Assert.Throws<ModelException>(() => catalog.Get(null)).Message, StringComparison.Ordinal);
        Assert.NotNull(services.GetRequiredService<ModelDoctor>());
    }

    [Fact]
    public async Task AddModels_CatalogWasUsed_IsDisposedWithItsContainer()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["CODEX_MODEL_URL"] = "http://127.0.0.1:1/v1", ["CODEX_MODEL"] = "scripted" })
            .Build();
        var services = new ServiceCollection().AddModels(configuration).BuildServiceProvider();
        Assert.Equal("default", services.GetRequiredService<IModelCatalog>().Get(null).Name);

        Assert.Null(await Record.ExceptionAsync(async () => await services.DisposeAsync()));
    }

    private static CallerFixture Chain(ScriptedModelServer first, ScriptedModelServer second) =>
        new(Options(Model(first), Model(second, "second")) with { Fallback = ["second"], Retries = 1 });
}
