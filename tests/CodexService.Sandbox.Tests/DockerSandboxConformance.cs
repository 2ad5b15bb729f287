using System.Net.Http.Json;
using System.Text.Json;
using CodexService.Sandbox.Docker;
using CodexService.Sandbox.Tests.Conformance;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexService.Sandbox.Tests;

/// <summary>The implementation on the Docker Engine API, against the real engine of this machine.</summary>
public sealed class DockerSandboxFixture : SandboxFixture
{
    private readonly DockerSandboxFactory _factory;

    public DockerSandboxFixture()
    {
        Engine = new DockerEngine(
            DockerEndpoint.Parse(Environment.GetEnvironmentVariable("DOCKER_HOST") ?? DockerEndpoint.Default), TimeProvider.System);
        _factory = NewFactory(Instance);
    }

    public override ISandboxFactory Factory => _factory;

    public override string Image => "codex-service/sandbox:1";

    /// <summary>Of this fixture alone, so that test runs side by side never remove each other's sandboxes.</summary>
    internal string Instance { get; } = $"test-{Guid.NewGuid():N}";

    internal DockerEngine Engine { get; }

    internal DockerSandboxFactory NewFactory(string instance, string? runtime = null) =>
        new(Engine, new SandboxOptions { Instance = instance, Runtime = runtime }, TimeProvider.System, NullLogger<DockerSandboxFactory>.Instance);

    /// <summary>The container as the engine describes it, beyond what the product reads.</summary>
    internal static async Task<JsonElement> InspectRawAsync(string id)
    {
        var endpoint = DockerEndpoint.Parse(Environment.GetEnvironmentVariable("DOCKER_HOST") ?? DockerEndpoint.Default);
        using var handler = new SocketsHttpHandler { ConnectCallback = (_, cancellationToken) => endpoint.ConnectAsync(cancellationToken) };
        using var http = new HttpClient(handler);
        return await http.GetFromJsonAsync<JsonElement>($"http://docker/containers/{id}/json");
    }

    /// <summary>Waits for the engine's own signal that a container is removed.</summary>
    internal async Task WaitUntilGoneAsync(string id)
    {
        // Removing waits for a removal in progress; one that has not begun yet would be begun here, so look first.
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (await Engine.InspectContainerAsync(id, deadline.Token) is not null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
        }
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _factory.Dispose();
    }
}

public sealed class DockerCommandTests(DockerSandboxFixture fixture) : CommandConformance(fixture), IClassFixture<DockerSandboxFixture>;

public sealed class DockerLimitTests(DockerSandboxFixture fixture) : LimitConformance(fixture), IClassFixture<DockerSandboxFixture>;

public sealed class DockerIsolationTests(DockerSandboxFixture fixture) : IsolationConformance(fixture), IClassFixture<DockerSandboxFixture>;

public sealed class DockerUploadTests(DockerSandboxFixture fixture) : UploadConformance(fixture), IClassFixture<DockerSandboxFixture>;

public sealed class DockerLifecycleTests(DockerSandboxFixture fixture) : LifecycleConformance(fixture), IClassFixture<DockerSandboxFixture>;

public sealed class DockerNetworkTests(DockerSandboxFixture fixture) : NetworkConformance(fixture), IClassFixture<DockerSandboxFixture>;
