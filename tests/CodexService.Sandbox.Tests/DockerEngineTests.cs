using System.Net.Sockets;
using CodexService.Sandbox.Docker;
using CodexService.Sandbox.Tests.Conformance;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexService.Sandbox.Tests;

/// <summary>What only the Docker implementation promises: the container as the engine sees it, and the engine's failures.</summary>
public sealed class DockerEngineTests(DockerSandboxFixture fixture) : IClassFixture<DockerSandboxFixture>
{
    [Fact]
    public async Task EnsureReady_NoEngine_SaysWhereAndWhatToDo()
    {
        using var engine = new DockerEngine(DockerEndpoint.Parse("unix:///no/such/docker.sock"), TimeProvider.System);
        using var factory = new DockerSandboxFactory(engine, new SandboxOptions(), TimeProvider.System, NullLogger<DockerSandboxFactory>.Instance);
        var failure = await Assert.ThrowsAsync<SandboxException>(() => factory.EnsureReadyAsync(fixture.Image, CancellationToken.None));
        Assert.Equal("Docker is not reachable at unix:///no/such/docker.sock: start it, or set DOCKER_HOST.", failure.Message);
        var creation = await Assert.ThrowsAsync<SandboxException>(() => factory.CreateAsync(
            new SandboxSpec(fixture.Image, SandboxFixture.SmallLimits, new SandboxLabels(Guid.NewGuid(), Guid.NewGuid(), 1)), CancellationToken.None));
        Assert.Equal(failure.Message, creation.Message);
    }

    [Fact]
    public async Task EnsureReady_NoEngineOnTcp_SaysWhereAndWhatToDo()
    {
        using var engine = new DockerEngine(DockerEndpoint.Parse("tcp://127.0.0.1:1"), TimeProvider.System);
        var failure = await Assert.ThrowsAsync<SandboxException>(() => engine.PingAsync(CancellationToken.None));
        Assert.Equal("Docker is not reachable at tcp://127.0.0.1:1: start it, or set DOCKER_HOST.", failure.Message);
    }

    [Fact]
    public async Task EnsureReady_SomethingElseListens_SaysSo()
    {
        var path = Path.Combine(Path.GetTempPath(), $"codex-{Guid.NewGuid():N}.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var answer = Task.Run(async () =>
        {
            using var client = await listener.AcceptAsync();
            await client.SendAsync("SSH-2.0-OpenSSH\r\n\r\n"u8.ToArray());
        });
        using var engine = new DockerEngine(DockerEndpoint.Parse("unix://" + path), TimeProvider.System);
        var failure = await Assert.ThrowsAsync<SandboxException>(() => engine.PingAsync(CancellationToken.None));
        Assert.StartsWith($"Docker is not reachable at unix://{path}", failure.Message, StringComparison.Ordinal);
        await answer;
        File.Delete(path);
    }

    [Fact]
    public async Task Create_UnknownRuntime_NamesTheSetting()
    {
        using var engine = new DockerEngine(DockerEndpoint.Parse(Environment.GetEnvironmentVariable("DOCKER_HOST") ?? DockerEndpoint.Default), TimeProvider.System);
        using var factory = new DockerSandboxFactory(
            engine, new SandboxOptions { Runtime = "no-such-runtime" }, TimeProvider.System, NullLogger<DockerSandboxFactory>.Instance);
        var failure = await Assert.ThrowsAsync<SandboxException>(() => factory.CreateAsync(
            new SandboxSpec(fixture.Image, SandboxFixture.SmallLimits, new SandboxLabels(Guid.NewGuid(), Guid.NewGuid(), 1)), CancellationToken.None));
        Assert.Contains("Sandbox:Runtime", failure.Message, StringComparison.Ordinal);
        Assert.Contains("no-such-runtime", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_Cancelled_LeavesNoContainer()
    {
        var labels = new SandboxLabels(Guid.NewGuid(), Guid.NewGuid(), 1);
        foreach (var milliseconds in new[] { 0, 5, 20, 60, 120 })
        {
            using var cancel = new CancellationTokenSource(milliseconds);
            try
            {
                await using var sandbox = await fixture.Factory.CreateAsync(new SandboxSpec(fixture.Image, SandboxFixture.SmallLimits, labels), cancel.Token);
            }
            catch (OperationCanceledException)
            {
                // The point of the test; a fast machine may also have finished.
            }
        }

        // A busy engine may still be removing one whose start was broken off.
        foreach (var left in await fixture.Engine.ListContainersAsync([$"org.codexservice.attempt={labels.AttemptId}"], CancellationToken.None))
        {
            await fixture.WaitUntilGoneAsync(left.Id);
        }
    }

    [Fact]
    public async Task Dispose_RemovesTheContainer()
    {
        var sandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits);
        Assert.NotNull(await fixture.Engine.InspectContainerAsync(sandbox.Id, CancellationToken.None));
        await sandbox.DisposeAsync();
        Assert.Null(await fixture.Engine.InspectContainerAsync(sandbox.Id, CancellationToken.None));
    }

    [Fact]
    public async Task LostConnection_EndsTheContainerEvenDuringACommand()
    {
        var name = $"codex-test-{Guid.NewGuid():N}";
        var spec = new SandboxSpec(fixture.Image, SandboxFixture.SmallLimits, new SandboxLabels(Guid.NewGuid(), Guid.NewGuid(), 1));
        var id = await fixture.Engine.CreateContainerAsync(name, SandboxContainer.Describe(spec, null, fixture.Instance), CancellationToken.None);
        var streams = await fixture.Engine.AttachContainerAsync(id, CancellationToken.None);
        await fixture.Engine.StartContainerAsync(id, CancellationToken.None);
        var connection = new Supervisor.SupervisorConnection(streams, TimeProvider.System);
        await connection.OpenAsync(CancellationToken.None);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var command = new SandboxCommand("trap '' TERM HUP; echo up; sleep 1000") { OnStandardOutput = _ => started.TrySetResult() };
        using var execution = new Supervisor.CommandExecution(connection, 1, command, TimeSpan.FromMinutes(3), 1000, TimeProvider.System);
        var running = execution.RunAsync(Supervisor.BashScript.Compose(command, SandboxContainer.Workspace), CancellationToken.None);
        await started.Task;

        // What the end of the service's process looks like to the engine.
        streams.Dispose();

        await Assert.ThrowsAsync<SandboxException>(() => running);
        await fixture.WaitUntilGoneAsync(id);
    }

    [Fact]
    public async Task PortOfNamesCannotBeHad_CommandsRunAndNamesAreSaidNotToBeRecorded()
    {
        var spec = new SandboxSpec(fixture.Image, SandboxFixture.SmallLimits, new SandboxLabels(Guid.NewGuid(), Guid.NewGuid(), 1));
        var asUsual = SandboxContainer.Describe(spec, null, fixture.Instance);
        var id = await fixture.Engine.CreateContainerAsync(
            $"codex-test-{Guid.NewGuid():N}",
            asUsual with { HostConfig = asUsual.HostConfig with { Sysctls = new Dictionary<string, string>(StringComparer.Ordinal) { ["net.ipv4.ip_unprivileged_port_start"] = "1024" } } },
            CancellationToken.None);
        using var streams = await fixture.Engine.AttachContainerAsync(id, CancellationToken.None);
        await fixture.Engine.StartContainerAsync(id, CancellationToken.None);
        using var connection = new Supervisor.SupervisorConnection(streams, TimeProvider.System);
        await connection.OpenAsync(CancellationToken.None);
        Assert.True(connection.Recordable is { NamesRecorded: false, AddressesCounted: true });
        var command = new SandboxCommand("getent hosts a.example; getent hosts b.example; exit 3");
        using var execution = new Supervisor.CommandExecution(connection, 1, command, TimeSpan.FromMinutes(3), 1000, TimeProvider.System);

        var exit = await execution.RunAsync(Supervisor.BashScript.Compose(command, SandboxContainer.Workspace), CancellationToken.None);

        Assert.Equal(3, exit.Code);
        Assert.Empty(execution.Network.Names);
        Assert.Equal(0, execution.Network.OtherLookups);
        streams.Dispose();
        await fixture.WaitUntilGoneAsync(id);
    }

    [Fact]
    public async Task ContainerRemovedByAnother_FailsWithOneClearLine()
    {
        await using var sandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits);
        await fixture.Engine.RemoveContainerAsync(sandbox.Id, CancellationToken.None);
        var failure = await Assert.ThrowsAsync<SandboxException>(() => sandbox.RunAsync("true"));
        Assert.Equal("The sandbox is gone: its container ended.", failure.Message);
    }

    [Fact]
    public async Task Lifetime_ExceededWhileIdle_IsToldToTheNextCommand()
    {
        await using var sandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits with { Lifetime = TimeSpan.FromMilliseconds(300) });
        await fixture.WaitUntilGoneAsync(sandbox.Id);
        var failure = await Assert.ThrowsAsync<SandboxException>(() => sandbox.RunAsync("true"));
        Assert.Equal("The sandbox reached its lifetime and was removed (Sandbox:Lifetime raises it).", failure.Message);
    }

    [Fact]
    public async Task Tcp_WorksLikeTheSocket()
    {
        var unix = DockerEndpoint.Parse(Environment.GetEnvironmentVariable("DOCKER_HOST") ?? DockerEndpoint.Default);
        using var stop = new CancellationTokenSource();
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var forwarding = Task.Run(() => ForwardAsync(listener, unix, stop.Token));
        using var engine = new DockerEngine(DockerEndpoint.Parse($"tcp://{listener.LocalEndpoint}"), TimeProvider.System);
        using var factory = new DockerSandboxFactory(
            engine, new SandboxOptions { Instance = fixture.Instance }, TimeProvider.System, NullLogger<DockerSandboxFactory>.Instance);
        await factory.EnsureReadyAsync(fixture.Image, CancellationToken.None);
        await using (var sandbox = await factory.CreateAsync(
            new SandboxSpec(fixture.Image, SandboxFixture.SmallLimits, new SandboxLabels(Guid.NewGuid(), Guid.NewGuid(), 1)), CancellationToken.None))
        {
            Assert.Equal("ok\n", await sandbox.OutputAsync("echo ok"));
        }

        await stop.CancelAsync();
        await forwarding;
    }

    [Fact]
    public async Task RemoveOrphans_OfAnotherInstance_LeavesOursAlone()
    {
        await using var sandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits);
        var other = fixture.NewFactory($"other-{Guid.NewGuid():N}");
        Assert.Equal(0, await other.RemoveOrphansAsync(_ => false, CancellationToken.None));
        Assert.Equal("ok\n", await sandbox.OutputAsync("echo ok"));
    }

    [Fact]
    public async Task RemoveOrphans_TakesAContainerThatNeverStarted()
    {
        var labels = new SandboxLabels(Guid.NewGuid(), Guid.NewGuid(), 1);
        var spec = new SandboxSpec(fixture.Image, SandboxFixture.SmallLimits, labels);
        var instance = $"never-{Guid.NewGuid():N}";
        var id = await fixture.Engine.CreateContainerAsync(
            $"codex-test-{Guid.NewGuid():N}", SandboxContainer.Describe(spec, null, instance), CancellationToken.None);
        Assert.Equal(1, await fixture.NewFactory(instance).RemoveOrphansAsync(_ => false, CancellationToken.None));
        Assert.Null(await fixture.Engine.InspectContainerAsync(id, CancellationToken.None));
    }

    [Fact]
    public async Task Container_AsTheEngineSeesIt_IsLockedDown()
    {
        await using var sandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits with { Cpus = 1.5 });
        var container = await DockerSandboxFixture.InspectRawAsync(sandbox.Id);
        var host = container.GetProperty("HostConfig");
        Assert.Equal("1000:1000", container.GetProperty("Config").GetProperty("User").GetString());
        Assert.Equal("none", host.GetProperty("NetworkMode").GetString());
        Assert.True(host.GetProperty("ReadonlyRootfs").GetBoolean());
        Assert.False(host.GetProperty("Privileged").GetBoolean());
        Assert.Equal("ALL", host.GetProperty("CapDrop")[0].GetString());
        Assert.Equal("no-new-privileges", host.GetProperty("SecurityOpt")[0].GetString());
        Assert.Equal(1, host.GetProperty("SecurityOpt").GetArrayLength());
        Assert.Equal(512L << 20, host.GetProperty("Memory").GetInt64());
        Assert.Equal(512L << 20, host.GetProperty("MemorySwap").GetInt64());
        Assert.Equal(150_000, host.GetProperty("CpuQuota").GetInt64());
        Assert.Equal(100_000, host.GetProperty("CpuPeriod").GetInt64());
        Assert.Equal(128, host.GetProperty("PidsLimit").GetInt64());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, host.GetProperty("Binds").ValueKind);
        Assert.Equal(0, container.GetProperty("Mounts").GetArrayLength());
        Assert.True(host.GetProperty("AutoRemove").GetBoolean());
        Assert.Equal("none", host.GetProperty("LogConfig").GetProperty("Type").GetString());
    }

    private static async Task ForwardAsync(TcpListener listener, DockerEndpoint target, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(cancellationToken);
                _ = Task.Run(
                    async () =>
                    {
                        using var near = client.GetStream();
                        await using var far = await target.ConnectAsync(cancellationToken);
                        await Task.WhenAny(near.CopyToAsync(far, cancellationToken), far.CopyToAsync(near, cancellationToken));
                    },
                    cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
