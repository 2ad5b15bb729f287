using CodexService.Repositories;
using CodexService.Repositories.Checkout;
using CodexService.Sandbox;
using CodexService.Verification.Workspaces;
using CodexService.Worker.Environments;
using Microsoft.Extensions.Options;

namespace CodexService.Worker.Attempts;

/// <summary>What a sandbox of an attempt holds.</summary>
/// <param name="Address">Repository.</param>
/// <param name="Commit">Base commit.</param>
/// <param name="Labels">Whose it is.</param>
/// <param name="Timeout">Wall clock of the attempt; the sandbox lives at least that long.</param>
/// <param name="Environment">The repository's environment, if it has one.</param>
internal sealed record SandboxSource(RepositoryAddress Address, string Commit, SandboxLabels Labels, TimeSpan Timeout, RepositoryEnvironment? Environment);

/// <summary>A sandbox that holds the repository at the base commit.</summary>
internal sealed record OpenedSandbox(ISandbox Sandbox, TreeArchive Tree) : IAsyncDisposable
{
    /// <summary>What it was made from.</summary>
    public required string Image { get; init; }

    /// <summary>One line for the log.</summary>
    public string Describe() => Tree.Submodules.Count == 0
        ? $"{Tree.Bytes / 1024.0 / 1024.0:0.0} MiB of files in {Image}"
        : $"{Tree.Bytes / 1024.0 / 1024.0:0.0} MiB of files in {Image}; submodules are left out: {string.Join(", ", Tree.Submodules)}";

    public ValueTask DisposeAsync() => Sandbox.DisposeAsync();
}

/// <summary>Registration of <see cref="SandboxOpening"/>.</summary>
internal static class SandboxOpeningServiceCollectionExtensions
{
    /// <summary>Adds it and what it chooses images by; sandboxes, repositories and verification are the caller's.</summary>
    public static IServiceCollection AddSandboxOpening(this IServiceCollection services) => services.AddSingleton<SandboxImages>().AddSingleton<SandboxOpening>();
}

/// <summary>Starts sandboxes with the repository inside. Thread-safe.</summary>
internal sealed class SandboxOpening(
    ISandboxFactory sandboxes,
    SandboxImages images,
    RepositoryCheckout checkout,
    WorkspacePreparer preparer,
    IOptions<SandboxOptions> options)
{
    /// <summary>Opens a sandbox at the base commit; the caller disposes it.</summary>
    public async Task<OpenedSandbox> OpenAsync(SandboxSource source, CancellationToken cancellationToken)
    {
        var limits = options.Value.ToLimits();
        var needed = source.Timeout + TimeSpan.FromMinutes(5);
        limits = limits with { Lifetime = needed > limits.Lifetime ? needed : limits.Lifetime };
        var image = source.Environment?.Image ?? await images.ChooseAsync(source.Address, source.Commit, cancellationToken);
        var sandbox = await sandboxes.CreateAsync(new SandboxSpec(image, limits, source.Labels), cancellationToken);
        try
        {
            TreeArchive? tree = null;
            await preparer.PrepareAsync(
                sandbox,
                async (tar, token) => tree = await checkout.WriteTarAsync(source.Address, source.Commit, tar, token),
                cancellationToken);
            return new OpenedSandbox(sandbox, tree!) { Image = image };
        }
        catch
        {
            await sandbox.DisposeAsync();
            throw;
        }
    }
}
