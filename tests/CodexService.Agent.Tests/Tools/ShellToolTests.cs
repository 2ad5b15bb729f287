namespace CodexService.Agent.Tests.Tools;

public abstract class ShellToolTests(ToolSandboxes sandboxes) : ToolTest(sandboxes)
{
    [Fact]
    public async Task Shell_Command_ShowsExitCodeAndBothStreamsInOrder()
    {
        var outcome = await CallAsync("shell", """{"command": "echo one; echo two >&2; echo three; exit 3"}""");

        Assert.Equal("exit code 3\none\ntwo\nthree", outcome.Text);
        Assert.True(outcome.IsError && outcome.Waited && outcome.ChangedFiles);
        Assert.Equal("exit code 0\n(no output)", (await CallAsync("shell", """{"command": "true"}""")).Text);
    }

    [Fact]
    public async Task Shell_ChangeOfFolder_IsKeptForTheNextCall()
    {
        await PutAsync("a b/c.txt", "content\n");

        Assert.Contains("working folder a b", (await CallAsync("shell", """{"command": "cd 'a b' && exit 1"}""")).Text, StringComparison.Ordinal);
        Assert.EndsWith("content", (await CallAsync("shell", """{"command": "cat c.txt"}""")).Text, StringComparison.Ordinal);
        await RunAsync("rm -r 'a b'");
        Assert.Contains("back in the repository root", (await CallAsync("shell", """{"command": "ls"}""")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shell_BrokenSyntaxAndHereDocuments_AreTheCommandsOwn()
    {
        Assert.Contains("unexpected EOF", (await CallAsync("shell", """{"command": "echo 'a"}""")).Text, StringComparison.Ordinal);
        Assert.Equal("exit code 0\na\nb", (await CallAsync("shell", """{"command": "cat <<'X'\na\nb\nX\n# end"}""")).Text);
    }

    [Fact]
    public async Task Shell_LongOutput_IsCutInTheMiddleAndSaysSo()
    {
        var text = (await CallAsync("shell", """{"command": "seq 1 200000"}""")).Text;

        Assert.InRange(text.Length, 7000, 8200);
        Assert.StartsWith("exit code 0\n1\n2\n3\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\n199999\n200000", text, StringComparison.Ordinal);
        var kept = text.Split('\n').Count(line => int.TryParse(line, out _));
        Assert.Contains($"… {200000 - kept:N0} lines cut …", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shell_OneLongLine_IsCutByCharacters()
    {
        var text = (await CallAsync("shell", """{"command": "head -c 20000 /dev/zero | tr '\\0' x"}""")).Text;

        Assert.Contains("… 12,000 characters cut …", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shell_ColoursProgressAndBinary_BecomeText()
    {
        Assert.Equal("exit code 0\nred 100%", (await CallAsync("shell", """{"command": "printf '\\033[31mred\\033[0m 1%%\\rred 100%%\\r\\n'"}""")).Text);
        Assert.Equal("exit code 0\n(binary output, 1,000 bytes)", (await CallAsync("shell", """{"command": "head -c 1000 /dev/zero"}""")).Text);
        Assert.Contains("hidden characters were removed", (await CallAsync("shell", """{"command": "printf 'a\\342\\200\\213b'"}""")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shell_PastItsTime_IsStoppedWithAHint()
    {
        var outcome = await CallAsync("shell", """{"command": "sleep 600", "timeout_seconds": "1"}""");

        Assert.True(outcome.IsError);
        Assert.Contains("Stopped after 1 seconds. Do less at once, or give a larger timeout_seconds (at most 600).\n(no output)", outcome.Text, StringComparison.Ordinal);
        Assert.Contains("alive", (await CallAsync("shell", """{"command": "echo alive"}""")).Text, StringComparison.Ordinal);
    }
}

public sealed class LocalShellToolTests() : ShellToolTests(new LocalSandboxes());

public sealed class DockerShellToolTests() : ShellToolTests(new DockerSandboxes());
