using System.Diagnostics;

namespace CodexService.Integration.Tests.Stack;

/// <summary>Looks at the sandboxes of one stack with Docker's own command.</summary>
internal static class Containers
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Names of the containers of an instance, running or not.</summary>
    public static async Task<IReadOnlyList<string>> OfAsync(string instance, Guid? attempt = null)
    {
        List<string> arguments = ["ps", "--all", "--format", "{{.Names}}", "--filter", $"label=org.codexservice.instance={instance}"];
        if (attempt is { } id)
        {
            arguments.AddRange(["--filter", $"label=org.codexservice.attempt={id:D}"]);
        }

        return (await DockerAsync(arguments)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Waits until none of the named containers is left; the engine removes them a moment after their end.</summary>
    public static async Task WaitGoneAsync(string instance, IReadOnlyCollection<string>? names = null)
    {
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        while (true)
        {
            var left = await OfAsync(instance);
            var wanted = names is null ? left : [.. left.Where(names.Contains)];
            if (wanted.Count == 0)
            {
                return;
            }

            if (limit.IsCancellationRequested)
            {
                Assert.Fail($"containers are left: {string.Join(", ", wanted)}");
            }

            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
        }
    }

    private static async Task<string> DockerAsync(IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
