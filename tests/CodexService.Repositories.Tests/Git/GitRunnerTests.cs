using CodexService.Repositories.Git;
using CodexService.Testing;

namespace CodexService.Repositories.Tests.Git;

public sealed class GitRunnerTests : IDisposable
{
    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Run_OutputPastTheLimit_IsCut()
    {
        using var repository = await TestRepository.CreateAsync(("big", new string('x', 1 << 20)));
        var command = new GitCommand("cat-file", "blob", "HEAD:big") { GitDirectory = Path.Combine(repository.Path, ".git"), MaxOutputBytes = 1000 };

        var result = await _fixture.Git.RunAsync(command, default);

        Assert.True(result.Truncated);
        Assert.False(result.Succeeded);
        Assert.Equal(1000, result.Output.Length);
    }

    [Fact]
    public async Task Run_PastItsTimeout_IsKilledAndSaysSo()
    {
        // A command that never ends, as a hanging remote would be.
        var command = new GitCommand("-c", "alias.wait=!exec sleep 600", "wait") { Timeout = TimeSpan.FromMilliseconds(200) };

        var error = await Assert.ThrowsAsync<RepositoryException>(() => _fixture.Git.RunAsync(command, default));

        Assert.Contains("0.2 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Cancelled_EndsTheProcess()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _fixture.Git.RunAsync(new GitCommand("-c", "alias.wait=!exec sleep 600", "wait"), cancel.Token));
    }

    [Fact]
    public async Task Run_HelperProtocol_IsNotAllowed()
    {
        var result = await _fixture.Git.RunAsync(new GitCommand("ls-remote", "ext::sh -c echo"), default);
        Assert.Contains("transport 'ext' not allowed", result.StandardError, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("warning: x\nfatal: unable to access 'x': Could not resolve host\n", "unable to access 'x': Could not resolve host")]
    [InlineData("ssh: connect to host x port 22: Connection refused\nfatal: Could not read from remote repository.\n\nPlease make sure\n", "ssh: connect to host x port 22: Connection refused")]
    [InlineData("", "git ended with exit code 3")]
    [InlineData("a\u001b[31mred\n", "a [31mred")]
    public void ErrorLine_From_PicksTheLineThatSaysMost(string error, string expected) =>
        Assert.Equal(expected, GitErrorLine.From(error, 3));
}
