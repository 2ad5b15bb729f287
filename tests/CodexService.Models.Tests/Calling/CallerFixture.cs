using CodexService.Models.Calling;
using CodexService.Models.Configuration;
using CodexService.Testing.ScriptedModels;
using Microsoft.Extensions.AI;

namespace CodexService.Models.Tests.Calling;

/// <summary>A catalog over scripted endpoints, with waits that tests can bear.</summary>
internal sealed class CallerFixture : IDisposable
{
    public const string Secret = "sk-very-secret-key";

    public CallerFixture(ModelsOptions options, TimeProvider? time = null) => Catalog = new ModelCatalog(options, time ?? TimeProvider.System);

    public ModelCatalog Catalog { get; }

    public IModelCaller Caller => Catalog.Get(null);

    public static ModelOptions Model(ScriptedModelServer server, string name = "default") =>
        new() { Name = name, Url = new Uri(server.BaseUrl), Model = "scripted", Key = Secret };

    public static ModelsOptions Options(params ModelOptions[] models) => new()
    {
        Named = models,
        Retries = 2,
        RetryDelay = TimeSpan.FromMilliseconds(1),
        FirstTokenTimeout = TimeSpan.FromMinutes(5),
    };

    public static CallerFixture For(ScriptedModelServer server, Func<ModelOptions, ModelOptions>? change = null) =>
        new(Options(change is null ? Model(server) : change(Model(server))));

    public static ModelRequest Ask(string text = "hello") => new([new(ChatRole.System, "Be brief."), new(ChatRole.User, text)], []);

    public static ModelRequest AskWithTools(string text = "hello") => Ask(text) with { Tools = SampleTool.All };

    public void Dispose() => Catalog.Dispose();
}
