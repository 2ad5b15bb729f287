using CodexService.Testing;

namespace CodexService.Agent.Tests.Repositories;

/// <summary>The image that the product takes for a repository.</summary>
internal static class SandboxImage
{
    private const string Usual = "codex-service/sandbox:1";

    /// <summary>Its name; the image is there when this returns.</summary>
    public static async Task<string> ForAsync(SmallRepository repository)
    {
        if (!repository.Files.Any(file => !file.Path.Contains('/', StringComparison.Ordinal) && Path.GetExtension(file.Path) is ".csproj" or ".slnx"))
        {
            return Usual;
        }

        await DotnetSandboxImage.EnsureAsync();
        return DotnetSandboxImage.Name;
    }
}
