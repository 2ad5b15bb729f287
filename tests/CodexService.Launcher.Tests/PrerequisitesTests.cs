namespace CodexService.Launcher.Tests;

public sealed class PrerequisitesTests
{
    [Fact]
    public async Task Run_NoDockerInstalled_SaysWhatToDoInOneLine()
    {
        using var launcher = new LauncherCopy("dotnet", "git", "id", "node", "npm");

        var outcome = await launcher.RunAsync("run", "--repo", ".");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal("", outcome.Output);
        Assert.StartsWith("codex: Docker is missing: ", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(0, launcher.Builds);
    }

    [Theory]
    [InlineData("Cannot connect to the Docker daemon at unix:///var/run/docker.sock.", "", "Docker")]
    [InlineData("permission denied while trying to connect to the Docker daemon socket", "", "sudo usermod -aG docker alice")]
    [InlineData("Cannot connect to the Docker daemon", "tcp://10.0.0.1:2375", "DOCKER_HOST=tcp://10.0.0.1:2375")]
    public async Task Run_NoEngineAnswers_SaysWhatToDoInOneLine(string error, string dockerHost, string expected)
    {
        using var launcher = LauncherCopy.OnCompleteMachine();
        launcher.Tell("engine-error", error);

        var outcome = await launcher.RunAsync(new Dictionary<string, string> { ["DOCKER_HOST"] = dockerHost }, "run", "--repo", ".");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(expected, Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(0, launcher.Builds);
    }

    [Fact]
    public async Task Run_SeveralThingsMissing_NamesEachInOneGo()
    {
        using var launcher = new LauncherCopy("id", "docker");
        launcher.Tell("engine-error", "Cannot connect to the Docker daemon");

        var outcome = await launcher.RunAsync("demo");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(outcome.ErrorLines, line => line.StartsWith("codex: git 2.30 or newer is missing", StringComparison.Ordinal));
        Assert.Contains(outcome.ErrorLines, line => line.Contains("Docker", StringComparison.Ordinal));
        Assert.All(outcome.ErrorLines, line => Assert.StartsWith("codex: ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Doctor_NoDocker_SaysSoAndEndsWith1()
    {
        using var launcher = new LauncherCopy("dotnet", "git", "id", "node", "npm");

        var outcome = await launcher.RunAsync("doctor");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal("", outcome.Errors);
        Assert.Contains(outcome.OutputLines, line => line.StartsWith("docker engine    MISSING   Docker is missing", StringComparison.Ordinal));
        Assert.Contains("./codex demo cannot run yet", outcome.OutputLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_EverythingThere_EndsWith0AndHidesSecrets()
    {
        using var launcher = LauncherCopy.OnCompleteMachine();
        var environment = new Dictionary<string, string>
        {
            ["CODEX_GITHUB_TOKEN"] = "hidden-token",
            ["CODEX_MODEL_KEY"] = "hidden-key",
            ["CODEX_RABBITMQ"] = "amqp://guest:hidden-guest@broker/",
            ["CODEX_PORT"] = "0",
        };

        var outcome = await launcher.RunAsync(environment, "doctor");

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Contains("  CODEX_DATABASE=Host=db;Username=codex;Password=***", outcome.OutputLines);
        Assert.Contains("  CODEX_RABBITMQ=amqp://guest:***@broker/", outcome.OutputLines);
        Assert.Contains("  CODEX_GITHUB_TOKEN=(set, hidden)", outcome.OutputLines);
        Assert.DoesNotContain("hidden-", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_SettingThatTheServicesRefuse_IsARowEachAndEndsWith1()
    {
        using var launcher = LauncherCopy.OnCompleteMachine();
        await launcher.RunAsync("list");
        launcher.Tell("settings", "settings\tBAD\tCODEX_BRAIN is \"foo\": it has to be auto, model or repair.\ngithub\tnone\tnot connected\n");
        launcher.Tell("models", "codex-service: CODEX_BRAIN is wrong\n");

        var outcome = await launcher.RunAsync(new Dictionary<string, string> { ["CODEX_MODEL"] = "m" }, "doctor");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("settings         BAD       CODEX_BRAIN is \"foo\": it has to be auto, model or repair.", outcome.OutputLines);
        Assert.Contains("github           none      not connected", outcome.OutputLines);
        Assert.DoesNotContain(outcome.OutputLines, line => line.StartsWith("models", StringComparison.Ordinal));
        Assert.Equal("./codex demo cannot run yet: see MISSING and BAD above.", outcome.OutputLines[^1]);
    }

    [Fact]
    public async Task Doctor_PortThatThereIsNot_IsNotCalledFree()
    {
        using var launcher = LauncherCopy.OnCompleteMachine();

        var outcome = await launcher.RunAsync(new Dictionary<string, string> { ["CODEX_PORT"] = "99999" }, "doctor");

        Assert.DoesNotContain(outcome.OutputLines, line => line.StartsWith("port ", StringComparison.Ordinal));
        Assert.Contains("  CODEX_PORT=99999", outcome.OutputLines);
    }

    [Fact]
    public async Task Doctor_WhatOnlyTheTestsNeed_IsMarkedSo()
    {
        using var launcher = LauncherCopy.OnCompleteMachine();

        var outcome = await launcher.RunAsync("doctor");

        Assert.All(["rabbitmq", "chromium"], name => Assert.Contains(outcome.OutputLines, line =>
            line.StartsWith(name, StringComparison.Ordinal) && line.EndsWith("(only ./codex test needs it)", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Doctor_UnknownOption_IsOneLineAndEndsWith1()
    {
        using var launcher = LauncherCopy.OnCompleteMachine();

        var outcome = await launcher.RunAsync("doctor", "--verbose");

        Assert.Equal((1, "codex: unknown argument '--verbose': ./codex doctor takes none"), (outcome.ExitCode, Assert.Single(outcome.ErrorLines)));
        Assert.Equal("", outcome.Output);
    }
}
