using System.Diagnostics;

namespace CodexService.Agent.Tests.Repositories;

/// <summary>The image with the .NET SDK, made by the product's own script when it is missing or older than its files.</summary>
internal static class SandboxImage
{
    public const string Usual = "codex-service/sandbox:1";
    public const string Dotnet = "codex-service/sandbox-dotnet:1";

    private static readonly Lazy<Task> DotnetIsThere = new(BuildAsync);

    /// <summary>The image that the product takes for a repository; there when this returns.</summary>
    public static async Task<string> ForAsync(SmallRepository repository)
    {
        if (!repository.Files.Any(file => !file.Path.Contains('/', StringComparison.Ordinal) && Path.GetExtension(file.Path) is ".csproj" or ".slnx"))
        {
            return Usual;
        }

        await DotnetIsThere.Value;
        return Dotnet;
    }

    private static async Task BuildAsync()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "CodexService.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the tests do not lie in the repository");
        }

        using var build = Process.Start(new ProcessStartInfo(Path.Combine(folder, "infra/sandbox-dotnet/build-image"), "--quiet") { RedirectStandardError = true, UseShellExecute = false })!;
        var errors = await build.StandardError.ReadToEndAsync();
        await build.WaitForExitAsync();
        Assert.True(build.ExitCode == 0, errors);
    }
}
