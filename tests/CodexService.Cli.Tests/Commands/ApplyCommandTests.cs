using System.Diagnostics;

namespace CodexService.Cli.Tests.Commands;

public sealed class ApplyCommandTests : CommandTest
{
    private const string Before = "def page(items, number, size):\n    start = (number - 1) * size - 1\n    return items[start:start + size]\n";
    private string PagesFile => Path.Combine(Cli.Folder, "pages.py");

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Git("init", "-q", "-b", "main");
        await File.WriteAllTextAsync(PagesFile, Before);
        Git("add", "pages.py");
        Git("commit", "-qm", "start");
        await File.WriteAllTextAsync(PagesFile, Before.Replace(" - 1\n", "\n", StringComparison.Ordinal));
        Api.Task = Api.Task with { Patch = Git("diff") };
        Git("checkout", "-q", "pages.py");
    }

    [Fact]
    public async Task Apply_CleanCheckout_StagesThePatchAndKeepsUntrackedFiles()
    {
        await File.WriteAllTextAsync(Path.Combine(Cli.Folder, "notes.txt"), "mine");
        Assert.Equal(0, await Cli.RunAsync("apply", "1234abcd"));
        Assert.Equal($"✓ 1 file changed and staged (+1 −1) in {Cli.Folder}\n", Cli.Out.ToString());
        Assert.Equal("M  pages.py\n?? notes.txt\n", Git("status", "--porcelain"));
        Assert.DoesNotContain("- 1\n", await File.ReadAllTextAsync(PagesFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_OneAttempt_StagesItsPatch()
    {
        Api.AttemptPatches[2] = Api.Task.Patch!;
        Api.Task = Api.Task with { Patch = "" };
        Assert.Equal(0, await Cli.RunAsync("apply", "1234abcd", "--attempt", "2"));
        Assert.Equal("M  pages.py\n", Git("status", "--porcelain"));
    }

    [Fact]
    public async Task Apply_UncommittedChanges_RefusesAndChangesNothing()
    {
        await File.AppendAllTextAsync(PagesFile, "# mine\n");
        Assert.Equal(1, await Cli.RunAsync("apply", "1234abcd"));
        Assert.Equal($"error: There are uncommitted changes in {Cli.Folder} (1 file): commit or stash them first.\n", Cli.Error.ToString());
        Assert.Equal(Before + "# mine\n", await File.ReadAllTextAsync(PagesFile));
    }

    [Fact]
    public async Task Apply_BranchMovedOn_MergesThreeWays()
    {
        await File.WriteAllTextAsync(PagesFile, "# a new first line\n\n\n\n" + Before);
        Git("commit", "-qam", "moved on");
        Assert.Equal(0, await Cli.RunAsync("apply", "1234abcd"));
        Assert.StartsWith("# a new first line", await File.ReadAllTextAsync(PagesFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_Conflict_RefusesAndChangesNothing()
    {
        var other = Before.Replace("size - 1", "size - 2", StringComparison.Ordinal);
        await File.WriteAllTextAsync(PagesFile, other);
        Git("commit", "-qam", "another way");
        Assert.Equal(1, await Cli.RunAsync("apply", "1234abcd"));
        Assert.Contains("conflicts with what is checked out", Cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal(other, await File.ReadAllTextAsync(PagesFile));
        Assert.Empty(Git("status", "--porcelain"));
    }

    [Fact]
    public async Task Apply_OutsideACheckout_SaysSo()
    {
        Directory.Delete(Path.Combine(Cli.Folder, ".git"), recursive: true);
        Assert.Equal(1, await Cli.RunAsync("apply", "1234abcd"));
        Assert.Contains("is in no git checkout", Cli.Error.ToString(), StringComparison.Ordinal);
    }

    private string Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "maintenance.auto=false", .. arguments])
        {
            WorkingDirectory = Cli.Folder,
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
