using System.Diagnostics;

namespace CodexService.Testing;

/// <summary>The sandbox image with the .NET SDK, made by the product's own script when it is missing or older than its files.</summary>
public static class DotnetSandboxImage
{
    /// <summary>Its name.</summary>
    public const string Name = "codex-service/sandbox-dotnet:1";

    private static readonly Lazy<Task> Built = new(BuildAsync);

    /// <summary>Returns when it is there; processes that ask at the same time build it once.</summary>
    public static Task EnsureAsync() => Built.Value;

    private static async Task BuildAsync()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "CodexService.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the tests do not lie in the repository");
        }

        var script = Path.Combine(folder, "infra/sandbox-dotnet/build-image");
        using var build = Process.Start(new ProcessStartInfo(script, "--quiet") { RedirectStandardError = true, UseShellExecute = false })!;
        var errors = await build.StandardError.ReadToEndAsync();
        await build.WaitForExitAsync();
        if (build.ExitCode != 0)
        {
            throw new InvalidOperationException($"{script} ended with {build.ExitCode}: {errors}");
        }
    }
}
