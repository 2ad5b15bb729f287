namespace CodexService.Sandbox.Tests.Conformance;

/// <summary>Attacks by a command. Each runs for real and must get nowhere.</summary>
public abstract class IsolationConformance(SandboxFixture fixture)
{
    private ISandbox Sandbox => fixture.Shared;

    [Fact]
    public async Task Network_OnlyLoopbackExists()
    {
        Assert.Equal("lo\n", await Sandbox.OutputAsync("ls /sys/class/net"));
        Assert.Equal(
            "refused refused refused\n",
            await Sandbox.OutputAsync(
                """
                python3 - <<'END'
                import socket
                def attempt(f):
                    try:
                        f(); return 'open'
                    except OSError:
                        return 'refused'
                print(attempt(lambda: socket.create_connection(('1.1.1.1', 53), 3)),
                      attempt(lambda: socket.create_connection(('172.17.0.1', 22), 3)),
                      attempt(lambda: socket.getaddrinfo('example.com', 80)))
                END
                """));
    }

    [Fact]
    public async Task User_HasNoPrivileges()
    {
        Assert.Equal("1000:1000\n", await Sandbox.OutputAsync("echo $(id -u):$(id -g)"));
        var status = await Sandbox.OutputAsync("grep -E '^(Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\\t '");
        Assert.Equal(
            ["CapInh:0000000000000000", "CapPrm:0000000000000000", "CapEff:0000000000000000", "CapBnd:0000000000000000", "CapAmb:0000000000000000", "NoNewPrivs:1", "Seccomp:2"],
            status.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("su -c id root")]
    [InlineData("unshare -U id")]
    [InlineData("unshare -r id")]
    [InlineData("mount -t tmpfs none /tmp")]
    [InlineData("chown root /workspace")]
    [InlineData("mknod /tmp/disk b 8 0")]
    [InlineData("echo x > /usr/bin/x")]
    [InlineData("touch /x /etc/x /var/x /opt/x")]
    [InlineData("echo 1 > /proc/sys/kernel/panic")]
    [InlineData("echo b > /proc/sysrq-trigger")]
    [InlineData("dmesg")]
    [InlineData("head -c 1 /proc/kcore | grep -qa .")]
    [InlineData("kill -0 -1 && kill -9 2")]
    [InlineData("ls /var/run/docker.sock")]
    [InlineData("find / -xdev -name docker.sock 2>/dev/null | grep .")]
    [InlineData("echo $$ > /sys/fs/cgroup/memory/cgroup.procs || echo $$ > /sys/fs/cgroup/cgroup.procs")]
    [InlineData("echo 100 > /proc/1/oom_score_adj")]
    [InlineData("python3 -c 'import ctypes, sys; sys.exit(ctypes.CDLL(None).ptrace(16, 1, 0, 0) != 0)'")]
    [InlineData("python3 -c 'import ctypes, sys; sys.exit(ctypes.CDLL(None).ptrace(0x4206, 1, 0, 0) != 0)'")]
    [InlineData("python3 -c 'import ctypes, os, sys; sys.exit(ctypes.CDLL(None).syscall(438, os.pidfd_open(1), 1, 0) < 0)'")]
    [InlineData("python3 -c 'import os; os.setuid(0)'")]
    [InlineData("ls /proc/1/fd")]
    [InlineData("cat /proc/1/environ")]
    [InlineData("head -c 1 /proc/1/mem")]
    [InlineData("ls /proc/1/root/")]
    [InlineData("ls /proc/1/cwd/")]
    public async Task Attack_IsRefused(string attack)
    {
        var result = await Sandbox.RunAsync(new SandboxCommand(attack) { Timeout = TimeSpan.FromMinutes(3) }, CancellationToken.None);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Equal(CommandStop.None, result.Stopped);
        Assert.Equal("ok\n", await Sandbox.OutputAsync("echo ok"));
    }

    [Fact]
    public async Task SetUserIdProgram_GivesNothing()
    {
        var result = await Sandbox.OutputAsync("cp /usr/bin/id /tmp/id && chmod 6755 /tmp/id && /tmp/id -u; mount | grep -E ' (/tmp|/workspace|/home/codex) ' | grep -c nosuid");
        Assert.Equal("1000\n3\n", result);
    }

    [Fact]
    public async Task Environment_HoldsNothingOfTheHost()
    {
        Environment.SetEnvironmentVariable("CODEX_TEST_SECRET", "do-not-leak");
        await using var sandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits);
        var environment = await sandbox.OutputAsync("env; cat /proc/*/environ 2>/dev/null; cat /proc/1/cmdline; true");
        Assert.DoesNotContain("do-not-leak", environment, StringComparison.Ordinal);
        Assert.Equal("/home/codex C.UTF-8 dumb sandbox\n", await sandbox.OutputAsync("echo $HOME $LANG $TERM $(cat /etc/hostname)"));
    }

    [Fact]
    public async Task Mounts_ShowNoFolderOfTheHost()
    {
        // What the engine itself brings (resolv.conf, hostname, hosts) is made for the container.
        var mounts = await Sandbox.OutputAsync("awk '$4 != \"/\" && $9 !~ /tmpfs|proc|sysfs|cgroup|devpts|mqueue/ {print $5}' /proc/self/mountinfo | grep -vE '^/etc/(resolv.conf|hostname|hosts)$|^/proc/|^/sys/' || true");
        Assert.Equal("/\n", mounts.Length == 0 ? "/\n" : mounts);
    }

    [Theory]
    [InlineData("/proc/1/fd/1")]
    [InlineData("/proc/1/fd/0")]
    [InlineData("/dev/console")]
    public async Task Forging_AFrameOfTheSupervisor_IsRefused(string target)
    {
        // An exit frame that says: command 1..50 ended with 0.
        var attack = $$"""
            python3 - <<'END'
            import os, struct
            fd = os.open('{{target}}', os.O_WRONLY)
            for number in range(1, 50):
                os.write(fd, struct.pack('>BIIIQBI', 21, 21, number, 0, 1, 0, 0))
            END
            exit 3
            """;
        var result = await Sandbox.RunAsync(attack);
        Assert.Equal(3, result.ExitCode);
        Assert.Contains("Error", result.StandardErrorText, StringComparison.Ordinal);
        Assert.Equal("ok\n", await Sandbox.OutputAsync("echo ok"));
    }

    [Fact]
    public async Task Forging_ByEveryOpenDescriptor_ChangesNothing()
    {
        var result = await Sandbox.RunAsync(
            """
            python3 - <<'END'
            import os, struct
            for name in os.listdir('/proc/self/fd'):
                for mode in (os.O_WRONLY, os.O_RDWR):
                    try:
                        fd = os.open('/proc/self/fd/' + name, mode)
                        os.write(fd, struct.pack('>BIIIQBI', 21, 21, 1, 0, 1, 0, 0) * 50)
                    except OSError:
                        pass
            END
            exit 3
            """);
        Assert.Equal(3, result.ExitCode);
        Assert.Equal("ok\n", await Sandbox.OutputAsync("echo ok"));
    }

    [Fact]
    public async Task Killing_TheFirstProcess_IsIgnored()
    {
        var result = await Sandbox.RunAsync("for s in $(seq 1 64); do kill -$s 1 2>/dev/null; done; echo alive");
        Assert.Equal("alive\n", result.StandardOutputText);
        Assert.Equal("ok\n", await Sandbox.OutputAsync("echo ok"));
    }

    [Fact]
    public async Task Killing_EveryProcess_EndsTheCommandAlone()
    {
        var result = await Sandbox.RunAsync("sh -c 'kill -9 -1'; sleep 100");
        Assert.Equal(137, result.ExitCode);
        Assert.Equal(CommandStop.None, result.Stopped);
        Assert.Equal("ok\n", await Sandbox.OutputAsync("echo ok"));
    }

    [Fact]
    public async Task Starving_TheSupervisor_EndsTheSandboxWithOneClearLine()
    {
        await using var sandbox = await fixture.CreateAsync(SandboxFixture.SmallLimits);
        // The same user may lower the supervisor's limits. All that this buys is the end of the sandbox.
        var failure = await Record.ExceptionAsync(async () =>
        {
            await sandbox.RunAsync("prlimit --pid 1 --nofile=3:3");
            await sandbox.RunAsync("true");
            await sandbox.RunAsync("true");
        });
        var exception = Assert.IsType<SandboxException>(failure);
        Assert.StartsWith("The sandbox ended because its supervisor failed: ", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public async Task NextCommand_SeesNoProcessOfTheLast()
    {
        await Sandbox.RunAsync("for i in $(seq 20); do setsid -f sleep 1000 </dev/null >/dev/null 2>&1; done; sleep 0.01");
        // Builtins alone: a process that this command starts would be seen too.
        Assert.Equal("python3\nbash\n", await Sandbox.OutputAsync("for p in /proc/[0-9]*; do read -r name < $p/comm; echo $name; done"));
    }
}
