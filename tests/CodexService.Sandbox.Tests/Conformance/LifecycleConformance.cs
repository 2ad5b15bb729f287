namespace CodexService.Sandbox.Tests.Conformance;

/// <summary>Sandboxes come, go, and leave nothing behind.</summary>
public abstract class LifecycleConformance(SandboxFixture fixture)
{
    [Fact]
    public async Task Create_Then_AcceptsCommandsInAnEmptyWritableWorkspace()
    {
        await using var sandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits);
        Assert.Equal(SandboxFixture.SmallLimits, sandbox.Limits);
        Assert.Equal($"{sandbox.Workspace}\n0\nok\n", await sandbox.OutputAsync("pwd; ls -A | wc -l; echo ok > file; cat file"));
    }

    [Fact]
    public async Task Create_MissingImage_SaysWhatToDo()
    {
        var spec = new SandboxSpec("codex-service/no-such-image:9", SandboxFixture.SmallLimits, new SandboxLabels(Guid.NewGuid(), Guid.NewGuid(), 1));
        var failure = await Assert.ThrowsAsync<SandboxException>(() => fixture.Factory.CreateAsync(spec, CancellationToken.None));
        Assert.Equal(
            "The sandbox image codex-service/no-such-image:9 is missing: run ./codex doctor, or set Sandbox:Image to an image that Docker has.",
            failure.Message);
        var notReady = await Assert.ThrowsAsync<SandboxException>(() => fixture.Factory.EnsureReadyAsync(spec.Image, CancellationToken.None));
        Assert.Equal(failure.Message, notReady.Message);
    }

    [Fact]
    public async Task EnsureReady_ImageThere_Passes() => await fixture.Factory.EnsureReadyAsync(fixture.Image, CancellationToken.None);

    [Fact]
    public async Task Dispose_DuringACommand_EndsItAndLaterCallsSaySo()
    {
        var sandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = sandbox.RunAsync(
            new SandboxCommand("echo up; sleep 1000") { OnStandardOutput = _ => started.TrySetResult() }, CancellationToken.None);
        await started.Task;
        await sandbox.DisposeAsync();
        Assert.Equal("The sandbox was disposed.", (await Assert.ThrowsAsync<SandboxException>(() => running)).Message);
        Assert.Equal("The sandbox was disposed.", (await Assert.ThrowsAsync<SandboxException>(() => sandbox.RunAsync("true"))).Message);
        await sandbox.DisposeAsync();
    }

    [Fact]
    public async Task RemoveOrphans_RemovesTheDeadAndNothingElse()
    {
        var dead = new SandboxLabels(Guid.NewGuid(), Guid.NewGuid(), 3);
        var alive = new SandboxLabels(Guid.NewGuid(), Guid.NewGuid(), 1);
        await using var deadSandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits, dead);
        await using var aliveSandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits, alive);
        var seen = new List<SandboxLabels>();
        var removed = await fixture.Factory.RemoveOrphansAsync(
            labels =>
            {
                seen.Add(labels);
                return labels != dead;
            },
            CancellationToken.None);
        Assert.Equal(1, removed);
        Assert.Contains(alive, seen);
        Assert.Equal("ok\n", await aliveSandbox.OutputAsync("echo ok"));
        var failure = await Assert.ThrowsAsync<SandboxException>(() => deadSandbox.RunAsync("true"));
        Assert.StartsWith("The sandbox is gone", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sandboxes_SideBySide_DoNotSeeEachOther()
    {
        var sandboxes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => fixture.CreateAsync(SandboxFixture.SmallLimits)));
        var results = await Task.WhenAll(sandboxes.Select((sandbox, i) => sandbox.OutputAsync($"echo {i} > mine; sleep 0.1; cat *; set -- /proc/[0-9]*; echo $#")));
        Assert.Equal(Enumerable.Range(0, 4).Select(i => $"{i}\n2\n"), results);
        await Task.WhenAll(sandboxes.Select(sandbox => sandbox.DisposeAsync().AsTask()));
    }
}
