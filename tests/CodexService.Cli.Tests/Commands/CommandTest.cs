namespace CodexService.Cli.Tests.Commands;

/// <summary>A command line on an API that plays its part.</summary>
public abstract class CommandTest : IAsyncLifetime
{
    private ScriptedApi? api;
    private CliRun? cli;

    private protected ScriptedApi Api => api!;

    private protected CliRun Cli => cli!;

    /// <inheritdoc/>
    public virtual async Task InitializeAsync()
    {
        api = await ScriptedApi.StartAsync();
        cli = new CliRun(api);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await Cli.DisposeAsync();
        await Api.DisposeAsync();
    }
}
