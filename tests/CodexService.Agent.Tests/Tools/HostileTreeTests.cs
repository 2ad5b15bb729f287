using CodexService.Sandbox;

namespace CodexService.Agent.Tests.Tools;

public abstract class HostileTreeTests(ToolSandboxes sandboxes) : ToolTest(sandboxes)
{
    [Theory]
    [InlineData("link/passwd")]
    [InlineData("file-link")]
    [InlineData("../outside")]
    [InlineData("/etc/passwd")]
    public async Task Path_ThatLeadsOutside_IsRefusedByEveryTool(string path)
    {
        await RunAsync("ln -s /etc link; ln -s /etc/passwd file-link");

        foreach (var (tool, arguments) in new[]
        {
            ("view", new (string, object?)[] { ("path", path) }),
            ("search", [("pattern", "root"), ("path", path)]),
            ("edit", [("path", path), ("old", "root"), ("new", "toor")]),
            ("write", [("path", path), ("content", "x")]),
        })
        {
            var outcome = await CallAsync(tool, arguments);
            Assert.True(outcome.IsError, tool);
            Assert.Contains("lies outside the workspace", outcome.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Pipes_NeverBlock()
    {
        await RunAsync("mkfifo pipe; mkdir d; mkfifo d/pipe; echo text > d/file");
        await CommitAsync();

        Assert.Contains("is a FIFO, not a file", (await CallAsync("view", """{"path": "pipe"}""")).Text, StringComparison.Ordinal);
        Assert.Contains("is a FIFO, not a file", (await CallAsync("edit", """{"path": "pipe", "old": "a", "new": "b"}""")).Text, StringComparison.Ordinal);
        Assert.Contains("is a FIFO, not a file", (await CallAsync("write", """{"path": "pipe", "content": "b"}""")).Text, StringComparison.Ordinal);
        Assert.True((await CallAsync("search", """{"pattern": "text", "path": "pipe"}""")).IsError);
        Assert.Contains("d/file", (await CallAsync("search", """{"pattern": "text"}""")).Text, StringComparison.Ordinal);
        Assert.Contains("pipe (not a file)", (await CallAsync("view", """{"path": "d"}""")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".git/config")]
    [InlineData(".git/hooks/pre-commit")]
    [InlineData("sub/.GIT/config")]
    [InlineData("alias/config")]
    public async Task GitsOwnFiles_AreNotChanged(string path)
    {
        await CommitAsync();
        await RunAsync("ln -s .git alias");

        var outcome = await CallAsync("write", ("path", path), ("content", "[core]\n"));

        Assert.True(outcome.IsError);
        Assert.Contains("belongs to git", outcome.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LinkInsideTheWorkspace_IsFollowedAndStays()
    {
        await PutAsync("real.txt", "a\n");
        await RunAsync("ln -s real.txt link.txt; chmod 755 real.txt");

        Assert.False((await CallAsync("edit", """{"path": "link.txt", "old": "a", "new": "b"}""")).IsError);

        Assert.Equal("b\n", await GetAsync("real.txt"));
        Assert.Equal("real.txt 755\n", await RunAsync("echo $(readlink link.txt) $(stat -c %a real.txt)"));
    }

    [Fact]
    public async Task HugeFile_IsRefusedAndLeftAlone()
    {
        await RunAsync("head -c 6000000 /dev/zero | tr '\\0' 'a' > huge.txt");

        Assert.Contains("is larger than 5,242,880 bytes", (await CallAsync("edit", """{"path": "huge.txt", "old": "b", "new": "c"}""")).Text, StringComparison.Ordinal);
        Assert.Contains("5,999,500 more characters", (await CallAsync("view", """{"path": "huge.txt"}""")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Modules_OfTheTree_AreNotRunByTheTools()
    {
        foreach (var name in new[] { "json", "re", "files", "ast", "difflib", "sitecustomize" })
        {
            await PutAsync($"{name}.py", "raise SystemExit('from the tree')\n");
        }

        Assert.False((await CallAsync("view", """{"path": "json.py"}""")).IsError);
        Assert.False((await CallAsync("write", """{"path": "new.py", "content": "x = 1\n"}""")).IsError);
    }

    [Fact]
    public async Task Program_DeletedByACommand_IsPutBack()
    {
        await CallAsync("shell", """{"command": "rm -rf ${TMPDIR:-/tmp}/codex-tools.*"}""");

        Assert.False((await CallAsync("write", """{"path": "a.txt", "content": "x\n"}""")).IsError);
        Assert.Equal("x\n", await GetAsync("a.txt"));
    }

    [Fact]
    public async Task Sandbox_WithoutPython_IsSaidAtTheStart()
    {
        var sandbox = new WithoutPython(Sandbox);

        var exception = await Assert.ThrowsAsync<BrainException>(
            () => CodexService.Agent.Tools.Toolbox.CreateAsync(sandbox, "true", Options, CancellationToken.None));

        Assert.Equal("The tools do not work in this sandbox: the sandbox's image has no python3, which the tools need; add python3 to the image", exception.Message);
    }

    /// <summary>The same sandbox with nothing on its path.</summary>
    private sealed class WithoutPython(ISandbox inner) : ISandbox
    {
        public string Id => inner.Id;

        public string Workspace => inner.Workspace;

        public SandboxLimits Limits => inner.Limits;

        public Task<CommandResult> RunAsync(SandboxCommand command, CancellationToken cancellationToken) =>
            inner.RunAsync(command with { CommandLine = $"PATH=/nonexistent\n{command.CommandLine}" }, cancellationToken);

        public Task UploadAsync(Stream tar, string directory, CancellationToken cancellationToken) => inner.UploadAsync(tar, directory, cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}

public sealed class LocalHostileTreeTests() : HostileTreeTests(new LocalSandboxes());

public sealed class DockerHostileTreeTests() : HostileTreeTests(new DockerSandboxes());
