using System.Diagnostics;
using CodexService.Samples;

namespace CodexService.Repair.Tests.Samples;

public sealed class SampleRepositoryTests
{
    [Fact]
    public async Task CreateAsync_WithBug_HasHistoryAndACleanTree()
    {
        var folder = Directory.CreateTempSubdirectory("codex-sample-");
        try
        {
            await SampleRepository.CreateAsync(folder.FullName, SeededBug.Demo, CancellationToken.None);

            var log = Git(folder.FullName, "log", "--format=%s").Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(6, log.Length);
            Assert.Equal("Tidy up PageRequest.offset", log[0]);
            Assert.Equal("", Git(folder.FullName, "status", "--porcelain"));
            Assert.Equal("main", Git(folder.FullName, "branch", "--show-current").Trim());
            Assert.Equal(SampleRepository.Files(null).Keys, Git(folder.FullName, "ls-files").Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
            Assert.Contains(SeededBug.Demo.Buggy, await File.ReadAllTextAsync(Path.Combine(folder.FullName, SeededBug.Demo.File)), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task CreateAsync_FolderNotEmpty_IsRefused()
    {
        var folder = Directory.CreateTempSubdirectory("codex-sample-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "mine.txt"), "mine");

            var problem = await Assert.ThrowsAsync<IOException>(() => SampleRepository.CreateAsync(folder.FullName, null, CancellationToken.None));

            Assert.Contains("is not empty", problem.Message, StringComparison.Ordinal);
            Assert.Equal(["mine.txt"], Directory.EnumerateFileSystemEntries(folder.FullName).Select(Path.GetFileName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void All_Bugs_FitAndAreInDifferentFunctions()
    {
        Assert.True(SeededBug.All.Count >= 14);
        Assert.Equal(SeededBug.All.Count, SeededBug.All.Select(bug => bug.Function).Distinct(StringComparer.Ordinal).Count());
        Assert.All(SeededBug.All, bug => Assert.Contains(bug.Buggy, SampleRepository.Files(bug)[bug.File], StringComparison.Ordinal));
    }

    private static string Git(string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("git", ["-c", "safe.directory=*", .. arguments])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text;
    }
}
