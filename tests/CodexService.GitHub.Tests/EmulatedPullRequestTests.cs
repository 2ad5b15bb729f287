using System.Diagnostics;
using System.Text.Json;
using CodexService.Testing.GitHub;

namespace CodexService.GitHub.Tests;

/// <summary>What the emulator adds to pull requests so that they are as GitHub's: the reference to their head, and what a push tells.</summary>
[Collection(EmulatorTests.Name)]
public sealed class EmulatedPullRequestTests(EmulatorFixture emulator) : IDisposable
{
    private readonly string repository = $"acme/pulls-{Guid.NewGuid():N}";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("codex-test-pulls-");

    [Fact]
    public async Task HeadOfAPullRequest_IsAReferenceThatFollowsIt_AndNobodysToPush()
    {
        var (number, first) = await OpenAsync();
        Assert.Equal(first, (await emulator.Control.RefsAsync(repository))[$"refs/pull/{number}/head"]);

        var second = await PushAsync("second");

        Assert.Contains($"{second}\trefs/pull/{number}/head", (await GitAsync("ls-remote", Url)).Output, StringComparison.Ordinal);
        var branches = await emulator.SendAsync("ann", HttpMethod.Get, $"repos/{repository}/branches");
        Assert.Equal(["main", "topic"], branches.EnumerateArray().Select(branch => branch.GetProperty("name").GetString()).Order(StringComparer.Ordinal));

        await GitAsync("clone", "-q", Url, ".");
        var (code, refusal) = await GitAsync("push", "-q", "origin", $"HEAD:refs/pull/{number}/head");
        Assert.NotEqual(0, code);
        Assert.Contains("hidden ref", refusal, StringComparison.Ordinal);

        await emulator.Control.DeleteBranchAsync(repository, "topic");
        Assert.Equal(second, (await emulator.Control.RefsAsync(repository))[$"refs/pull/{number}/head"]);
    }

    [Fact]
    public async Task Pushes_ToAPullRequest_AreToldAtOnceEachWithItsOwnHead()
    {
        var (number, _) = await OpenAsync();
        await emulator.Control.AddHookAsync(new Uri("http://127.0.0.1:9/nobody"), "secret", repository);
        string[] pushed = [await PushAsync("second"), await PushAsync("third")];

        var told = (await emulator.Control.DeliveriesAsync()).Where(one => one.Payload.GetProperty("repository").GetProperty("full_name").GetString() == repository).ToList();
        await emulator.Control.RemoveHooksAsync();

        Assert.Equal(["push", "pull_request", "push", "pull_request"], told.Select(one => one.Event));
        Assert.Equal(pushed, told.Where(one => one.Action == "synchronize").Select(one => one.Payload.GetProperty("pull_request").GetProperty("head").GetProperty("sha").GetString()));
        Assert.All(told.Where(one => one.Action == "synchronize"), one => Assert.Equal(number, one.Payload.GetProperty("number").GetInt32()));
    }

    /// <inheritdoc/>
    public void Dispose() => folder.Delete(recursive: true);

    private string Url => new UriBuilder(emulator.CloneUrl(repository)) { UserName = "x", Password = "ghp_ann" }.Uri.AbsoluteUri;

    private async Task<(int Number, string Head)> OpenAsync()
    {
        await emulator.Control.CreateRepositoryAsync(repository, new Dictionary<string, string>(StringComparer.Ordinal) { ["README.md"] = "x\n" });
        await emulator.Control.AddPersonAsync("ann", "ghp_ann");
        await emulator.Control.AllowAsync(repository, "ann", "push");
        var head = await PushAsync("first");
        JsonElement pull = await emulator.SendAsync("ann", HttpMethod.Post, $"repos/{repository}/pulls", new { title = "Topic", head = "topic", @base = "main" });
        return (pull.GetProperty("number").GetInt32(), head);
    }

    private Task<string> PushAsync(string content) =>
        emulator.Control.PushAsync(repository, "topic", "ann", new Dictionary<string, string?>(StringComparer.Ordinal) { ["README.md"] = content });

    private async Task<(int Code, string Output)> GitAsync(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = folder.FullName, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = git.StandardError.ReadToEndAsync();
        var output = await git.StandardOutput.ReadToEndAsync();
        await git.WaitForExitAsync();
        return (git.ExitCode, output + await errors);
    }
}
