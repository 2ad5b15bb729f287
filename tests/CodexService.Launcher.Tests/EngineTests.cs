using System.Diagnostics;

namespace CodexService.Launcher.Tests;

/// <summary>An engine that the launcher starts lives exactly as long as commands use it.</summary>
public sealed class EngineTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly LauncherCopy _launcher = new("docker", "dockerd", "dotnet", "git", "id", "node", "npm");
    private readonly Dictionary<string, string> _environment;

    public EngineTests()
    {
        var engine = Path.Combine(_launcher.Folder, "engine");
        Directory.CreateDirectory(engine);
        _environment = new() { ["CODEX_DOCKER_ROOT"] = engine };
        _launcher.Tell("uid", "0");
        _launcher.Tell("engine-error", "Cannot connect to the Docker daemon");
    }

    public void Dispose() => _launcher.Dispose();

    [LinuxFact]
    public async Task Demo_NoEngineRuns_StartsOneAndStopsItAfterwards()
    {
        var outcome = await _launcher.RunAsync(_environment, "demo");

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Contains("codex: starting the Docker engine", outcome.ErrorLines);
        await EndedAsync(Assert.Single(Engines()));
    }

    [LinuxFact]
    public async Task SecondCommand_WhileTheFirstRuns_SharesTheEngineAndKeepsItAlive()
    {
        _launcher.Tell("program-waits", "");
        using var first = await StartAndWaitForCliAsync();
        using var second = await StartAndWaitForCliAsync();

        first.Kill(entireProcessTree: true);
        await first.WaitForExitAsync();
        File.Delete(Path.Combine(_launcher.State, "program-waits"));
        var third = await _launcher.RunAsync(_environment, "demo");

        Assert.DoesNotContain("starting the Docker engine", third.Errors, StringComparison.Ordinal);
        second.Kill(entireProcessTree: true);
        await EndedAsync(Assert.Single(Engines()));
    }

    [LinuxFact]
    public async Task CommandKilled_EngineStopsAllTheSame()
    {
        _launcher.Tell("program-waits", "");
        using var command = await StartAndWaitForCliAsync();

        command.Kill(entireProcessTree: true);

        await EndedAsync(Assert.Single(Engines()));
    }

    private int[] Engines() => [.. File.ReadAllLines(Path.Combine(_launcher.State, "engines")).Select(int.Parse)];

    private async Task<Process> StartAndWaitForCliAsync()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = _launcher.Start("codex", _environment, ["up"]);
        process.OutputDataReceived += (_, line) =>
        {
            // Not before: what tells it to wait may be gone by the time it looks.
            if (line.Data == "waits")
            {
                ready.TrySetResult();
            }
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await ready.Task.WaitAsync(Limit);
        return process;
    }

    private static async Task EndedAsync(int engine)
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            using var process = Process.GetProcessById(engine);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (ArgumentException)
        {
            // Ended before this looked.
        }
    }

    /// <summary>The launcher starts engines on Linux only; elsewhere Docker Desktop or colima owns them.</summary>
    private sealed class LinuxFactAttribute : FactAttribute
    {
        public LinuxFactAttribute()
        {
            if (!OperatingSystem.IsLinux())
            {
                Skip = "The launcher starts a Docker engine on Linux only.";
            }
        }
    }
}
