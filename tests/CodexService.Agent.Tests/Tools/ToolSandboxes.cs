using System.Text.Json;
using CodexService.Agent.Tools;
using CodexService.Sandbox;
using CodexService.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.Agent.Tests.Tools;

/// <summary>Opens sandboxes; the tests of the tools run over every implementation.</summary>
public abstract class ToolSandboxes : IAsyncDisposable
{
    public abstract Task<ISandbox> OpenAsync(SandboxLimits? limits = null);

    public abstract ValueTask DisposeAsync();
}

/// <summary>Processes of this machine: quick, isolates nothing, has what the machine has.</summary>
public sealed class LocalSandboxes : ToolSandboxes
{
    public override Task<ISandbox> OpenAsync(SandboxLimits? limits = null) => Task.FromResult<ISandbox>(new LocalProcessSandbox(limits));

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Real containers of the product's image.</summary>
public sealed class DockerSandboxes : ToolSandboxes
{
    private readonly ServiceProvider _services;

    public DockerSandboxes()
    {
        var configuration = new ConfigurationBuilder()
            .AddEnvironmentVariables()
            .AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Sandbox:Instance"] = $"test-{Guid.NewGuid():N}" })
            .Build();
        _services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddSandbox(configuration).BuildServiceProvider();
    }

    public override Task<ISandbox> OpenAsync(SandboxLimits? limits = null) => _services.GetRequiredService<ISandboxFactory>().CreateAsync(
        new SandboxSpec("codex-service/sandbox:1", limits ?? new SandboxLimits(), new SandboxLabels(Guid.NewGuid(), Guid.NewGuid(), 1)), CancellationToken.None);

    public override ValueTask DisposeAsync() => _services.DisposeAsync();
}

/// <summary>A sandbox, a toolbox and what tests say to them.</summary>
public abstract class ToolTest(ToolSandboxes sandboxes) : IAsyncLifetime
{
    private Toolbox? _toolbox;

    protected ISandbox Sandbox { get; private set; } = null!;

    /// <summary>What differs from the defaults; set before the first call. Compilers that check syntax start slowly on a busy machine.</summary>
    private protected ToolboxOptions Options { get; } = new() { FileToolTimeout = TimeSpan.FromMinutes(5) };

    private protected string TestCommand { get; set; } = "true";

    public async Task InitializeAsync() => Sandbox = await sandboxes.OpenAsync();

    public async Task DisposeAsync()
    {
        await Sandbox.DisposeAsync();
        await sandboxes.DisposeAsync();
    }

    private protected async Task<Toolbox> ToolboxAsync() => _toolbox ??= await Toolbox.CreateAsync(Sandbox, TestCommand, Options, CancellationToken.None);

    /// <summary>Calls a tool with arguments as a model writes them.</summary>
    private protected async Task<ToolOutcome> CallAsync(string tool, string json) => await (await ToolboxAsync()).InvokeAsync(
        new FunctionCallContent("1", tool, JsonSerializer.Deserialize<Dictionary<string, object?>>(json)), CancellationToken.None);

    private protected async Task<ToolOutcome> CallAsync(string tool, params (string Name, object? Value)[] arguments) =>
        await (await ToolboxAsync()).InvokeAsync(
            new FunctionCallContent("1", tool, arguments.ToDictionary(argument => argument.Name, argument => argument.Value, StringComparer.Ordinal)),
            CancellationToken.None);

    /// <summary>Runs a command in the workspace beside the tools.</summary>
    protected async Task<string> RunAsync(string command)
    {
        var result = await Sandbox.RunAsync(new SandboxCommand(command), CancellationToken.None);
        Assert.True(result.Succeeded, result.StandardErrorText);
        return result.StandardOutputText;
    }

    protected async Task PutAsync(string path, byte[] content)
    {
        var result = await Sandbox.RunAsync(
            new SandboxCommand("mkdir -p -- \"$(dirname -- \"$FILE\")\" && cat > \"$FILE\"")
            {
                StandardInput = new MemoryStream(content),
                Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["FILE"] = path },
            },
            CancellationToken.None);
        Assert.True(result.Succeeded, result.StandardErrorText);
    }

    protected Task PutAsync(string path, string content) => PutAsync(path, System.Text.Encoding.UTF8.GetBytes(content));

    protected async Task<byte[]> GetBytesAsync(string path)
    {
        var result = await Sandbox.RunAsync(
            new SandboxCommand("cat -- \"$FILE\"") { Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["FILE"] = path } },
            CancellationToken.None);
        Assert.True(result.Succeeded, result.StandardErrorText);
        return result.StandardOutput.ToArray();
    }

    protected async Task<string> GetAsync(string path) => System.Text.Encoding.UTF8.GetString(await GetBytesAsync(path));

    /// <summary>Makes the workspace what a checkout is: a git work tree with one commit.</summary>
    protected Task CommitAsync() => RunAsync(
        "git init -q . && git add -A && git -c user.name=t -c user.email=t@t commit -q --allow-empty -m base");
}
