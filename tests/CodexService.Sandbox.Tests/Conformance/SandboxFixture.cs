namespace CodexService.Sandbox.Tests.Conformance;

/// <summary>One implementation of <see cref="ISandboxFactory"/> under the conformance suite, with one sandbox for the tests that leave no trace.</summary>
public abstract class SandboxFixture : IAsyncLifetime
{
    private ISandbox? _shared;

    public static SandboxLimits SmallLimits { get; } = new()
    {
        MemoryBytes = 512L << 20,
        DiskBytes = 128L << 20,
        Pids = 128,
        CommandTimeout = TimeSpan.FromMinutes(3),
    };

    public abstract ISandboxFactory Factory { get; }

    public abstract string Image { get; }

    public ISandbox Shared => _shared ?? throw new InvalidOperationException("not initialized");

    public async Task InitializeAsync() => _shared = await CreateAsync(SmallLimits);

    public virtual async Task DisposeAsync()
    {
        if (_shared is not null)
        {
            await _shared.DisposeAsync();
        }
    }

    public Task<ISandbox> CreateAsync(SandboxLimits limits, SandboxLabels? labels = null) => Factory.CreateAsync(
        new SandboxSpec(Image, limits, labels ?? new SandboxLabels(Guid.NewGuid(), Guid.NewGuid(), 1)), CancellationToken.None);
}

internal static class SandboxCalls
{
    public static Task<CommandResult> RunAsync(this ISandbox sandbox, string commandLine) =>
        sandbox.RunAsync(new SandboxCommand(commandLine), CancellationToken.None);

    public static async Task<string> OutputAsync(this ISandbox sandbox, string commandLine)
    {
        var result = await sandbox.RunAsync(commandLine);
        Assert.True(result.Succeeded, $"{commandLine}: {result.ExitCode} {result.Error} {result.StandardErrorText}");
        return result.StandardOutputText;
    }
}
