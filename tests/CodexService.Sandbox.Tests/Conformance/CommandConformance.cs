using System.Text;

namespace CodexService.Sandbox.Tests.Conformance;

/// <summary>A command means what <c>bash -c</c> means.</summary>
public abstract class CommandConformance(SandboxFixture fixture)
{
    private ISandbox Sandbox => fixture.Shared;

    public static TheoryData<string> Scripts => new()
    {
        "echo out; echo err >&2; exit 3",
        "echo $0 $# $- $SHLVL; pwd; umask",
        "set -e\nfalse\necho never",
        "set -u; echo $nope; echo never",
        "set -o pipefail; false | true",
        "echo $LINENO\nno_such_command",
        "f() {\n no_such_command\n}\nf",
        "kill -9 $$",
        "kill -TERM $$",
        "trap 'echo bye' EXIT; exit 5",
        "cat",
        "[ -p /dev/stdin ] && echo pipe; [ -c /dev/stdin ] && echo device",
        "return 4",
        "readonly x=1; x=2; echo after",
        "${bad substitution}; echo after",
        "exec sh -c 'exit 9'",
        "cat <<X\nhe said \"it's\" $((1+1))\nX",
        "# nothing but a comment",
        "",
        "\n\n",
        "printf 'a\\0b\\377\\n'",
        "echo 'ünï — 漢字 🎉'",
        "a=(1 2\n3); echo ${a[2]} \"${BASH_SOURCE[0]}\"",
        "sleep 0.01 & wait; echo $?",
        "(exit 7)",
        "ls -1 /proc/self/fd | wc -l",
        "echo ${BASH_EXECUTION_STRING:+set} >/dev/null; trap -p; jobs; alias",
        "/etc/passwd",
        "cat /no/such/file",
        "nope='unterminated",
    };

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Run_AnyScript_MeansTheSameAsBashC(string script)
    {
        var expected = await Sandbox.RunAsync(new SandboxCommand("exec bash -c \"$SCRIPT\"")
        {
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["SCRIPT"] = script, ["SHLVL"] = "-1" },
        }, CancellationToken.None);
        var actual = await Sandbox.RunAsync(script);
        Assert.Equal(expected.ExitCode, actual.ExitCode);
        Assert.Equal(Convert.ToHexString(expected.StandardOutput.Span), Convert.ToHexString(actual.StandardOutput.Span));
        // The one difference is in the words of a syntax error.
        Assert.Equal(expected.StandardErrorText.Replace("bash: -c:", "bash: eval:", StringComparison.Ordinal), actual.StandardErrorText);
    }

    [Fact]
    public async Task Run_SyntaxError_ExitsWithTwo() => Assert.Equal(2, (await Sandbox.RunAsync("if")).ExitCode);

    [Fact]
    public async Task Run_LargeScript_ArrivesWhole()
    {
        var text = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"line {i} it's\n"));
        var result = await Sandbox.OutputAsync($"cat <<'END'\n{text}END");
        Assert.Equal(text, result);
    }

    [Fact]
    public async Task Run_WorkingDirectoryAndEnvironment_AreTheCommandsOwn()
    {
        var result = await Sandbox.RunAsync(new SandboxCommand("pwd; printf '%s' \"$A_VALUE\"; env | grep -c A_VALUE")
        {
            WorkingDirectory = "/tmp",
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["A_VALUE"] = "it's \"quoted\"\n$HOME `x` \\ 🎉\n" },
        }, CancellationToken.None);
        Assert.Equal("/tmp\nit's \"quoted\"\n$HOME `x` \\ 🎉\n1\n", result.StandardOutputText);
        Assert.Equal($"{Sandbox.Workspace}\n-unset-\n", await Sandbox.OutputAsync("pwd; echo ${A_VALUE--unset-}"));
    }

    [Fact]
    public async Task Run_MissingWorkingDirectory_FailsAndNamesIt()
    {
        var result = await Sandbox.RunAsync(new SandboxCommand("echo never") { WorkingDirectory = "/no/such folder" }, CancellationToken.None);
        Assert.Equal(126, result.ExitCode);
        Assert.Empty(result.StandardOutputText);
        Assert.Contains("/no/such folder: No such file or directory", result.StandardErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A-B")]
    [InlineData("1A")]
    [InlineData("")]
    [InlineData("A=B; echo x")]
    [InlineData("UID")]
    public async Task Run_ImpossibleVariableName_IsRefused(string name)
    {
        var command = new SandboxCommand("true") { Environment = new Dictionary<string, string>(StringComparer.Ordinal) { [name] = "x" } };
        await Assert.ThrowsAsync<ArgumentException>(() => Sandbox.RunAsync(command, CancellationToken.None));
    }

    [Fact]
    public async Task Run_Nul_IsRefused() => await Assert.ThrowsAsync<ArgumentException>(() => Sandbox.RunAsync("echo a\0b"));

    [Fact]
    public async Task Run_BinaryInputAndOutput_AreExact()
    {
        var data = new byte[5_000_000];
        new Random(7).NextBytes(data);
        using var chunks = new MemoryStream();
        var result = await Sandbox.RunAsync(new SandboxCommand("cat; printf done >&2")
        {
            StandardInput = new MemoryStream(data),
            OnStandardOutput = chunk => chunks.Write(chunk.Span),
        }, CancellationToken.None);
        Assert.Equal(0, result.ExitCode);
        Assert.True(result.StandardOutput.Span.SequenceEqual(data));
        Assert.Equal(data, chunks.ToArray());
        Assert.Equal("done", result.StandardErrorText);
    }

    [Fact]
    public async Task Run_InputThatTheCommandDoesNotRead_EndsWithTheCommand()
    {
        using var endless = new EndlessStream();
        var result = await Sandbox.RunAsync(new SandboxCommand("head -c 10") { StandardInput = endless }, CancellationToken.None);
        Assert.Equal(10, result.StandardOutput.Length);
        Assert.Equal("next\n", await Sandbox.OutputAsync("cat; echo next"));
    }

    [Fact]
    public async Task Run_InputClosedByTheCommand_EndsWithTheCommand()
    {
        using var endless = new EndlessStream();
        var result = await Sandbox.RunAsync(new SandboxCommand("exec <&-; sleep 0.2; echo ok") { StandardInput = endless }, CancellationToken.None);
        Assert.Equal("ok\n", result.StandardOutputText);
    }

    [Fact]
    public async Task Run_FailingInput_ThrowsTheCallersErrorAndTheSandboxStaysWell()
    {
        var failing = new FailingStream();
        await Assert.ThrowsAsync<TimeZoneNotFoundException>(
            () => Sandbox.RunAsync(new SandboxCommand("cat; sleep 100") { StandardInput = failing }, CancellationToken.None));
        Assert.Equal("ok\n", await Sandbox.OutputAsync("echo ok"));
    }

    [Fact]
    public async Task Run_FailingCallback_ThrowsTheCallersErrorAndTheSandboxStaysWell()
    {
        await Assert.ThrowsAsync<TimeZoneNotFoundException>(() => Sandbox.RunAsync(
            new SandboxCommand("yes") { OnStandardOutput = _ => throw new TimeZoneNotFoundException() }, CancellationToken.None));
        Assert.Equal("ok\n", await Sandbox.OutputAsync("echo ok"));
    }

    [Fact]
    public async Task Run_ConcurrentCalls_QueueAndKeepTheirOutput()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Sandbox.OutputAsync($"echo {i}; echo {i} >&2")));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}\n"), results);
    }

    [Fact]
    public async Task Run_BackgroundProcess_DiesWithTheCommand()
    {
        var result = await Sandbox.RunAsync("echo started; sleep 1000 & setsid -f sleep 1001; (setsid sleep 1002 >/dev/null 2>&1 </dev/null &)");
        Assert.Equal("started\n", result.StandardOutputText);
        Assert.Equal(0, result.ExitCode);
        Assert.True(result.Duration < TimeSpan.FromMinutes(1));
        Assert.Equal("1", (await Sandbox.RunAsync("pgrep sleep")).ExitCode.ToString());
    }

    // Written after the shell has ended, without a program that would have to be started first.
    [Fact]
    public async Task Run_ProcessSubstitution_OutputIsNotLost() =>
        Assert.Equal("late\n", await Sandbox.OutputAsync("echo late > >(read -r line; while kill -0 $$ 2>/dev/null; do :; done; echo $line)"));

    [Fact]
    public async Task Run_ClosedOutput_StillWaitsForTheCommand()
    {
        var result = await Sandbox.RunAsync("exec >&- 2>&-; sleep 0.2; exit 6");
        Assert.Equal(6, result.ExitCode);
        Assert.True(result.Duration >= TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public async Task Run_Cancelled_KillsTheProcesses()
    {
        using var cancel = new CancellationTokenSource();
        var command = new SandboxCommand("trap '' TERM INT HUP; echo up; sleep 1003 & setsid sleep 1004 & wait; sleep 1005")
        {
            OnStandardOutput = _ => cancel.Cancel(),
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Sandbox.RunAsync(command, cancel.Token));
        Assert.Equal(1, (await Sandbox.RunAsync("pgrep sleep")).ExitCode);
    }

    [Fact]
    public async Task Run_CancelledBehindInputThatNobodyReads_ReturnsAtOnce()
    {
        using var cancel = new CancellationTokenSource();
        using var endless = new EndlessStream();
        var command = new SandboxCommand("echo up; sleep 1000") { StandardInput = endless, OnStandardOutput = _ => cancel.Cancel() };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Sandbox.RunAsync(command, cancel.Token));
        Assert.Equal("ok\n", await Sandbox.OutputAsync("echo ok"));
    }

    [Fact]
    public async Task Run_CancelledBeforeItsTurn_NeverRuns()
    {
        using var cancel = new CancellationTokenSource();
        var first = Sandbox.RunAsync(new SandboxCommand("echo up; sleep 0.3") { OnStandardOutput = _ => cancel.Cancel() }, CancellationToken.None);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Sandbox.RunAsync(new SandboxCommand("touch /tmp/ran"), cancel.Token));
        await first;
        Assert.Equal(1, (await Sandbox.RunAsync("test -e /tmp/ran")).ExitCode);
    }

    [Fact]
    public async Task Run_OutputInTwoSteps_ArrivesWhileTheCommandRuns()
    {
        var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var gate = new GateStream(seen.Task);
        var result = await Sandbox.RunAsync(new SandboxCommand("echo first; read -r answer; echo got $answer")
        {
            StandardInput = gate,
            OnStandardOutput = chunk => seen.TrySetResult(Encoding.UTF8.GetString(chunk.Span)),
        }, CancellationToken.None);
        Assert.Equal("first\ngot first\n", result.StandardOutputText);
    }

    [Fact]
    public async Task Run_FloodOfSignalsAndOrphans_LeavesTheSandboxWell()
    {
        await Sandbox.RunAsync("for i in $(seq 300); do (true & kill -CHLD 1; kill -INT 1; kill -TERM 1); done");
        Assert.Equal("ok\n", await Sandbox.OutputAsync("echo ok"));
        Assert.Equal("0\n", await Sandbox.OutputAsync("ps -eo stat= | grep -c Z || true"));
    }
}
