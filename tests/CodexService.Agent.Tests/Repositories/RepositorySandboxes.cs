using System.Formats.Tar;
using System.Text;
using CodexService.Sandbox;
using CodexService.Verification;
using CodexService.Verification.Workspaces;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.Agent.Tests.Repositories;

/// <summary>Containers of the product's image that hold a small repository as a checkout would be, and the real verifier.</summary>
public sealed class RepositorySandboxes : IAsyncLifetime
{
    private readonly ServiceProvider services;

    public RepositorySandboxes()
    {
        var configuration = new ConfigurationBuilder()
            .AddEnvironmentVariables()
            .AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Sandbox:Instance"] = $"test-{Guid.NewGuid():N}" })
            .Build();
        services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddVerification().AddSandbox(configuration).BuildServiceProvider();
    }

    /// <summary>A fresh sandbox with the repository at its base.</summary>
    internal async Task<ISandbox> OpenAsync(SmallRepository repository, CancellationToken cancellationToken = default)
    {
        var sandbox = await services.GetRequiredService<ISandboxFactory>().CreateAsync(
            new SandboxSpec(await SandboxImage.ForAsync(repository), new SandboxLimits(), new SandboxLabels(Guid.NewGuid(), Guid.NewGuid(), 1)), cancellationToken);
        await services.GetRequiredService<WorkspacePreparer>().PrepareAsync(sandbox, (tar, token) => WriteTarAsync(repository, tar, token), cancellationToken);
        return sandbox;
    }

    /// <summary>Proves a patch in fresh sandboxes.</summary>
    internal Task<VerificationResult> VerifyAsync(SmallRepository repository, string patch) => services.GetRequiredService<IPatchVerifier>().VerifyAsync(
        new VerificationRequest(token => OpenAsync(repository, token), patch, repository.TestCommand, [], TimeSpan.FromMinutes(5), new Progress<string>()),
        CancellationToken.None);

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => services.DisposeAsync().AsTask();

    private static async Task WriteTarAsync(SmallRepository repository, Stream tar, CancellationToken cancellationToken)
    {
        await using var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true);
        foreach (var (path, content) in repository.Files)
        {
            var entry = new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) };
            await writer.WriteEntryAsync(entry, cancellationToken);
        }
    }
}
