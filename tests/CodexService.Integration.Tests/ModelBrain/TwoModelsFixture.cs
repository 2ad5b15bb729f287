using CodexService.Integration.Tests.Stack;
using CodexService.Testing;
using CodexService.Testing.ScriptedModels;

namespace CodexService.Integration.Tests.ModelBrain;

/// <summary>A Standalone with three slots and two models, <c>small</c> and <c>large</c>, whose endpoints are those of the test that has it.</summary>
public sealed class TwoModelsFixture : IAsyncLifetime
{
    private readonly PostgresFixture postgres = new();
    private readonly TcpGate small = new(targetPort: 0);
    private readonly TcpGate large = new(targetPort: 0);
    private StandaloneStack stack = null!;

    /// <inheritdoc />
    public async Task InitializeAsync() => stack = await StandaloneStack.StartAsync(
        await postgres.CreateDatabaseAsync(),
        ("Worker__Slots", "3"),

        // Who hangs is meant to hang for as long as the others work.
        ("Models__FirstTokenTimeout", "00:10:00"),
        ("Models__Named__0__Name", "small"),
        ("Models__Named__0__Url", $"http://127.0.0.1:{small.Port}/v1"),
        ("Models__Named__0__Model", "scripted"),
        ("Models__Named__1__Name", "large"),
        ("Models__Named__1__Url", $"http://127.0.0.1:{large.Port}/v1"),
        ("Models__Named__1__Model", "scripted"));

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        await stack.DisposeAsync();
        await small.DisposeAsync();
        await large.DisposeAsync();
        await postgres.DisposeAsync();
    }

    /// <summary>The stack, asking these models until it is disposed; without a second one nobody answers for <c>large</c>.</summary>
    internal StandaloneStack With(ScriptedModelServer first, ScriptedModelServer? second = null)
    {
        small.TargetPort = new Uri(first.RootUrl).Port;
        large.TargetPort = second is null ? 0 : new Uri(second.RootUrl).Port;
        return stack.Lent(async () =>
        {
            await small.ShutAsync();
            await large.ShutAsync();
            small.OpenAgain();
            large.OpenAgain();
            await Containers.WaitGoneAsync(stack.Folder.Name);
        });
    }
}
