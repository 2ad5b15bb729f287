using CodexService.Repositories;
using CodexService.Repositories.Checkout;
using CodexService.Sandbox;
using CodexService.Testing;
using CodexService.Verification.Workspaces;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.Verification.Tests;

/// <summary>Real sandboxes with the real way of a repository into them.</summary>
public sealed class DockerSandboxes : IAsyncLifetime
{
    private readonly DirectoryInfo _cache = Directory.CreateTempSubdirectory("codex-test-cache-");
    private readonly ServiceProvider _services;

    public DockerSandboxes()
    {
        var configuration = new ConfigurationBuilder()
            .AddEnvironmentVariables()
            .AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Repositories:Folder"] = _cache.FullName,
                ["Sandbox:Instance"] = $"test-{Guid.NewGuid():N}",
            })
            .Build();
        _services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration)
            .AddRepositories().AddVerification().AddSandbox(configuration).BuildServiceProvider();
    }

    public IPatchVerifier Verifier => _services.GetRequiredService<IPatchVerifier>();

    /// <summary>One that never takes a base that is slower than the side of the patch for one that hangs.</summary>
    public IPatchVerifier PatientVerifier { get; } = new PatchVerifier { Time = new TestClock() };

    /// <summary>Opens a sandbox that holds HEAD of <paramref name="repository"/>.</summary>
    public async Task<ISandbox> OpenAsync(TestRepository repository, CancellationToken cancellationToken = default)
    {
        var address = RepositoryAddress.Parse(repository.Path);
        var checkout = _services.GetRequiredService<RepositoryCheckout>();
        var commit = (await checkout.ResolveAsync(address, null, cancellationToken)).Commit;
        var sandbox = await _services.GetRequiredService<ISandboxFactory>().CreateAsync(
            new SandboxSpec("codex-service/sandbox:1", new SandboxLimits(), new SandboxLabels(Guid.NewGuid(), Guid.NewGuid(), 1)), cancellationToken);
        var prepared = await _services.GetRequiredService<WorkspacePreparer>().PrepareAsync(
            sandbox, (tar, token) => checkout.WriteTarAsync(address, commit, tar, token), cancellationToken);
        Assert.Equal(await repository.HeadAsync("HEAD^{tree}"), prepared.BaselineTree);
        return sandbox;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        _cache.Delete(recursive: true);
    }
}
