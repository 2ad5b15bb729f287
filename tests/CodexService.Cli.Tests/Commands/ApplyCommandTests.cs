using System.Diagnostics;

namespace CodexService.Cli.Tests.Commands;

public sealed class ApplyCommandTests : IAsyncLifetime
{
    private const string Before = "def page(items, number, size):\n    start = (number - 1) * size - 1\n    return items[start:start + size]\n";
    private ScriptedApi api = null!;
    private CliRun cli = null!;

    private string PagesFile => Path.Combine(cli.Folder, "pages.py");

    public async Task InitializeAsync()
    {
        api = await ScriptedApi.StartAsync();
        cli = new CliRun(api);
        Git("init", "-q", "-b", "main");
        await File.WriteAllTextAsync(PagesFile, Before);
        Git("add", "pages.py");
        Git("commit", "-qm", "start");
        await File.WriteAllTextAsync(PagesFile, Before.Replace(" - 1\n", "\n", StringComparison.Ordinal));
        api.Task = api.Task with { Patch = Git("diff") };
        Git("checkout", "-q", "pages.py");
    }

    public async Task DisposeAsync()
    {
        await cli.DisposeAsync();
        await api.DisposeAsync();
    }

    [Fact]
    public async Task Apply_CleanCheckout_StagesThePatchAndKeepsUntrackedFiles()
    {
        await File.WriteAllTextAsync(Path.Combine(cli.Folder, "notes.txt"), "mine");
        Assert.Equal(0, await cli.RunAsync("apply", "1234abcd"));
        Assert.Equal($"✓ 1 file changed and staged (+1 −1) in {cli.Folder}\n", cli.Out.ToString());
        Assert.Equal("M  pages.py\n?? notes.txt\n", Git("status", "--porcelain"));
        Assert.DoesNotContain("- 1\n", await File.ReadAllTextAsync(PagesFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_OneAttempt_StagesItsPatch()
    {
        api.AttemptPatches[2] = api.Task.Patch!;
        api.Task = api.Task with { Patch = "" };
        Assert.Equal(0, await cli.RunAsync("apply", "1234abcd", "--attempt", "2"));
        Assert.Equal("M  pages.py\n", Git("status", "--porcelain"));
    }

    [Fact]
    public async Task Apply_UncommittedChanges_RefusesAndChangesNothing()
    {
        await File.AppendAllTextAsync(PagesFile, "# mine\n");
        Assert.Equal(1, await cli.RunAsync("apply", "1234abcd"));
        Assert.Equal($"error: There are uncommitted changes in {cli.Folder} (1 file): commit or stash them first.\n", cli.Error.ToString());
        Assert.Equal(Before + "# mine\n", await File.ReadAllTextAsync(PagesFile));
    }

    [Fact]
    public async Task Apply_BranchMovedOn_MergesThreeWays()
    {
        await File.WriteAllTextAsync(PagesFile, "# a new first line\n\n\n\n" + Before);
        Git("commit", "-qam", "moved on");
        Assert.Equal(0, await cli.RunAsync("apply", "1234abcd"));
        Assert.StartsWith("# a new first line", await File.ReadAllTextAsync(PagesFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_Conflict_RefusesAndChangesNothing()
    {
        var other = Before.Replace("size - 1", "size - 2", StringComparison.Ordinal);
        await File.WriteAllTextAsync(PagesFile, other);
        Git("commit", "-qam", "another way");
        Assert.Equal(1, await cli.RunAsync("apply", "1234abcd"));
        Assert.Contains("conflicts with what is checked out", cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal(other, await File.ReadAllTextAsync(PagesFile));
        Assert.Empty(Git("status", "--porcelain"));
    }

    [Fact]
    public async Task Apply_OutsideACheckout_SaysSo()
    {
        Directory.Delete(Path.Combine(cli.Folder, ".git"), recursive: true);
        Assert.Equal(1, await cli.RunAsync("apply", "1234abcd"));
        Assert.Contains("is in no git checkout", cli.Error.ToString(), StringComparison.Ordinal);
    }

    private string Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", .. arguments])
        {
            WorkingDirectory = cli.Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
