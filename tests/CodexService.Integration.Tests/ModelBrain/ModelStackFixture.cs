using CodexService.Integration.Tests.Stack;
using CodexService.Testing;
using CodexService.Testing.ScriptedModels;

namespace CodexService.Integration.Tests.ModelBrain;

/// <summary>
/// A Standalone with one model, whose endpoint is that of the test that has it: starting a Standalone costs more than most
/// tests do. For tests that want no settings of their own and leave the service well.
/// </summary>
public sealed class ModelStackFixture : IAsyncLifetime
{
    /// <summary>The key that the service sends.</summary>
    public const string Key = "sk-canary-7f3a9c";

    private readonly PostgresFixture postgres = new();
    private readonly TcpGate gate = new(targetPort: 0);
    private StandaloneStack stack = null!;

    /// <inheritdoc />
    public async Task InitializeAsync() => stack = await StandaloneStack.StartAsync(
        await postgres.CreateDatabaseAsync(),
        ("CODEX_MODEL_URL", $"http://127.0.0.1:{gate.Port}/v1"),
        ("CODEX_MODEL", "scripted"),
        ("CODEX_MODEL_KEY", Key),
        ("Models__RetryDelay", "00:00:00.1"));

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        await stack.DisposeAsync();
        await gate.DisposeAsync();
    }

    /// <summary>The stack, asking this model until it is disposed; no sandbox may be left then.</summary>
    internal StandaloneStack With(ScriptedModelServer model)
    {
        gate.TargetPort = new Uri(model.RootUrl).Port;
        return stack.Lent(async () =>
        {
            await gate.ShutAsync();
            gate.OpenAgain();
            await Containers.WaitGoneAsync(stack.Folder.Name);
        });
    }
}

/// <summary>One Standalone for all of them, one after another.</summary>
[CollectionDefinition(Name)]
public sealed class ModelStackTests : ICollectionFixture<ModelStackFixture>
{
    internal const string Name = "model";
}
