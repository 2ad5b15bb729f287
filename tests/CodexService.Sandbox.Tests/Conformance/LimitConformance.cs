using System.Diagnostics;

namespace CodexService.Sandbox.Tests.Conformance;

/// <summary>Each limit exceeded: a clear line for the caller, and the sandbox and the service stay well.</summary>
public abstract class LimitConformance(SandboxFixture fixture)
{
    [Fact]
    public async Task Memory_Exceeded_KillsTheCommandAndSaysSo()
    {
        await using var sandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits with { MemoryBytes = 128L << 20, DiskBytes = 16L << 20 });
        var result = await sandbox.RunAsync("python3 -c 'x = bytearray(1 << 30)'; echo after $?");
        Assert.Equal(CommandStop.OutOfMemory, result.Stopped);
        Assert.False(result.Succeeded);
        Assert.Contains("memory limit of 128 MiB", result.Error, StringComparison.Ordinal);
        Assert.Contains("Sandbox:Memory", result.Error, StringComparison.Ordinal);
        Assert.Equal("ok\n", await sandbox.OutputAsync("echo ok"));
    }

    [Fact]
    public async Task Memory_ExceededByManyProcessesThatShieldThemselves_LeavesTheSandboxAnswering()
    {
        await using var sandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits with { MemoryBytes = 128L << 20, DiskBytes = 16L << 20 });
        var result = await sandbox.RunAsync(
            "for i in 1 2 3 4 5 6; do (echo 500 > /proc/self/oom_score_adj; exec python3 -c 'x = bytearray(60 << 20)\nimport time; time.sleep(2)') & done; wait");
        Assert.Equal(CommandStop.OutOfMemory, result.Stopped);
        Assert.Equal("ok\n", await sandbox.OutputAsync("echo ok"));
    }

    [Fact]
    public async Task Cpu_OfHalfACore_IsNotExceeded()
    {
        await using var sandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits with { Cpus = 0.5 });
        var used = await sandbox.OutputAsync(
            """
            began=$EPOCHREALTIME
            for i in 1 2 3; do timeout 1 bash -c 'while :; do :; done' & done; wait
            ended=$EPOCHREALTIME
            times > /tmp/times; tail -1 /tmp/times; echo $began $ended
            """);
        var lines = used.Trim().Split('\n');
        var seconds = lines[0].Split(' ').Sum(part => double.Parse(part[(part.IndexOf('m', StringComparison.Ordinal) + 1)..^1]));
        var times = lines[1].Split(' ');

        // The three begin and end a little apart on a busy machine. The kernel gives out the half core in slices.
        Assert.InRange(seconds, 0.01, ((double.Parse(times[1]) - double.Parse(times[0])) * 0.5) + 0.3);
    }

    [Theory]
    [InlineData(":(){ :|:& };:")]
    [InlineData("bomb() { while :; do (bomb) & done; }; bomb")]
    [InlineData("python3 -c 'import os\nwhile True:\n  try: os.fork()\n  except OSError: pass'")]
    public async Task Pids_ForkBomb_EndsAndTheSandboxStaysWell(string bomb)
    {
        await using var sandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits with { Pids = 64 });
        var result = await sandbox.RunAsync(
            new SandboxCommand(bomb) { Timeout = TimeSpan.FromSeconds(1), OutputBytes = 1 << 20 }, CancellationToken.None);
        Assert.True(result.Duration < TimeSpan.FromMinutes(1));
        Assert.Equal("ok\n", await sandbox.OutputAsync("echo ok"));
        Assert.InRange(int.Parse(await sandbox.OutputAsync("ls -d /proc/[0-9]* | wc -l")), 1, 5);
    }

    [Fact]
    public async Task Pids_Exceeded_IsTheCommandsOwnError()
    {
        await using var sandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits with { Pids = 32 });
        var result = await sandbox.RunAsync("python3 -c 'import os, time\nfor i in range(60):\n  if os.fork() == 0: time.sleep(5); os._exit(0)'");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("Resource temporarily unavailable", result.StandardErrorText, StringComparison.Ordinal);
        Assert.Equal("ok\n", await sandbox.OutputAsync("echo ok"));
    }

    [Theory]
    [InlineData("/workspace", 24)]
    [InlineData("/home/codex", 4)]
    [InlineData("/tmp", 4)]
    public async Task Disk_Exceeded_IsTheCommandsOwnError(string folder, int mebibytes)
    {
        await using var sandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits with { DiskBytes = 32L << 20 });
        var result = await sandbox.RunAsync($"head -c 1G /dev/zero > {folder}/big; echo $?; stat -c %s {folder}/big");
        Assert.Equal($"1\n{mebibytes << 20}\n", result.StandardOutputText);
        Assert.Contains("No space left on device", result.StandardErrorText, StringComparison.Ordinal);
        Assert.Equal("ok\n", await sandbox.OutputAsync($"rm {folder}/big; echo ok > {folder}/x; cat {folder}/x"));
    }

    [Fact]
    public async Task Disk_ManyEmptyFiles_AreBoundedToo()
    {
        await using var sandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits with { DiskBytes = 32L << 20 });
        var result = await sandbox.RunAsync("python3 -c 'for i in range(100000): open(\"/tmp/%d\" % i, \"w\").close()' 2>&1 | tail -1; ls /tmp | wc -l");
        Assert.Contains("No space left on device", result.StandardOutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_OneGigabyte_IsCutAtTheLimitAndTheServiceStaysSmall()
    {
        await using var sandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits with { OutputBytes = 4L << 20 });
        GC.Collect();
        var before = Process.GetCurrentProcess().WorkingSet64;
        var result = await sandbox.RunAsync("head -c 1G /dev/zero; echo never >&2");
        Assert.Equal(CommandStop.OutputLimit, result.Stopped);
        Assert.Equal(4 << 20, result.StandardOutput.Length);
        Assert.Contains("4 MiB (Sandbox:OutputBytes raises it)", result.Error, StringComparison.Ordinal);
        Assert.Equal(137, result.ExitCode);
        Assert.True(Process.GetCurrentProcess().WorkingSet64 - before < 600L << 20, "the output is held");
        Assert.Equal("ok\n", await sandbox.OutputAsync("echo ok"));
    }

    [Fact]
    public async Task Output_OnStandardErrorAndInBackground_CountsToo()
    {
        var result = await fixture.Shared.RunAsync(
            new SandboxCommand("yes out & yes error >&2 & wait") { OutputBytes = 100_000 }, CancellationToken.None);
        Assert.Equal(CommandStop.OutputLimit, result.Stopped);
        Assert.Equal(100_000, result.StandardOutput.Length + result.StandardError.Length);
        Assert.Equal("The command was stopped: it wrote more than its output limit of 97.66 KiB.", result.Error);
    }

    [Fact]
    public async Task Output_ExactlyTheLimit_IsNotStopped()
    {
        var result = await fixture.Shared.RunAsync(
            new SandboxCommand("head -c 100000 /dev/zero") { OutputBytes = 100_000 }, CancellationToken.None);
        Assert.True(result.Succeeded);
        Assert.Equal(100_000, result.StandardOutput.Length);
    }

    [Fact]
    public async Task Timeout_Exceeded_KillsTheWholeGroupAndKeepsTheOutput()
    {
        var result = await fixture.Shared.RunAsync(
            new SandboxCommand("trap '' TERM INT; echo partial; setsid sleep 1001 & sleep 1002") { Timeout = TimeSpan.FromSeconds(8) },
            CancellationToken.None);
        Assert.Equal(CommandStop.TimedOut, result.Stopped);
        Assert.Equal(137, result.ExitCode);
        Assert.Equal("partial\n", result.StandardOutputText);
        Assert.Equal("The command was stopped: it ran past its timeout of 8 s.", result.Error);
        Assert.InRange(result.Duration, TimeSpan.FromSeconds(7.99), TimeSpan.FromMinutes(1));
        Assert.Equal(1, (await fixture.Shared.RunAsync("pgrep sleep")).ExitCode);
    }

    [Fact]
    public async Task Timeout_OfTheSandbox_NamesItsOption()
    {
        await using var sandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits with { CommandTimeout = TimeSpan.FromSeconds(1) });
        var result = await sandbox.RunAsync("sleep 100");
        Assert.Equal("The command was stopped: it ran past the limit of 1 s (Sandbox:CommandTimeout raises it).", result.Error);
    }

    [Fact]
    public async Task Timeout_OfACommandThatFloodsASlowCaller_IsKept()
    {
        var release = new TaskCompletionSource();
        var command = new SandboxCommand("yes") { Timeout = TimeSpan.FromMilliseconds(500), OutputBytes = 1 << 30, OnStandardOutput = _ => release.Task.Wait(20) };
        var result = await fixture.Shared.RunAsync(command, CancellationToken.None);
        Assert.Equal(CommandStop.TimedOut, result.Stopped);
        Assert.InRange(result.Duration, TimeSpan.FromMilliseconds(499), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Lifetime_Exceeded_EndsTheSandboxAndSaysSo()
    {
        await using var sandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits with { Lifetime = TimeSpan.FromSeconds(1) });
        var failure = await Assert.ThrowsAsync<SandboxException>(() => sandbox.RunAsync("sleep 100"));
        Assert.Equal("The sandbox reached its lifetime and was removed (Sandbox:Lifetime raises it).", failure.Message);
        var later = await Assert.ThrowsAsync<SandboxException>(() => sandbox.RunAsync("true"));
        Assert.Equal(failure.Message, later.Message);
    }

    [Fact]
    public async Task Create_ImpossibleLimits_AreRefused()
    {
        var failure = await Assert.ThrowsAsync<SandboxException>(
            () => fixture.CreateAsync(SandboxFixture.SmallLimits with { DiskBytes = 512L << 20 }));
        Assert.Equal("Sandbox:Disk (512 MiB) counts towards Sandbox:Memory (512 MiB): set it to 7/8 of the memory or less.", failure.Message);
    }
}
