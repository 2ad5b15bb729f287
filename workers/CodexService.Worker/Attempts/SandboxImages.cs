using CodexService.Repositories;
using CodexService.Repositories.Checkout;
using CodexService.Sandbox;
using Microsoft.Extensions.Options;

namespace CodexService.Worker.Attempts;

/// <summary>Chooses the image of a repository's sandboxes by what lies at its root. Thread-safe.</summary>
internal sealed class SandboxImages(ISandboxFactory sandboxes, RepositoryCheckout checkout, IOptions<SandboxOptions> options)
{
    private static readonly string[] DotnetFiles = [".sln", ".slnx", ".slnf", ".csproj", ".fsproj", ".vbproj"];

    /// <summary>
    /// The image with the .NET SDK for a repository with a solution or project at its root, when the engine has that image
    /// and nobody configured another image; else the configured one.
    /// </summary>
    public async Task<string> ChooseAsync(RepositoryAddress address, string commit, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        if (settings.DotnetImage.Length == 0 || settings.Image != SandboxOptions.DefaultImage || !await IsDotnetAsync(address, commit, cancellationToken))
        {
            return settings.Image;
        }

        try
        {
            await sandboxes.EnsureReadyAsync(settings.DotnetImage, cancellationToken);
            return settings.DotnetImage;
        }
        catch (SandboxException)
        {
            // Not built. The usual image still serves for what needs no SDK, and the verdict says what it lacked.
            return settings.Image;
        }
    }

    private async Task<bool> IsDotnetAsync(RepositoryAddress address, string commit, CancellationToken cancellationToken) =>
        (await checkout.ListRootAsync(address, commit, cancellationToken))
            .Any(name => DotnetFiles.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase));
}
