using System.Diagnostics;

namespace CodexService.Testing;

/// <summary>A small git repository in a folder of its own, gone on dispose. User and system configuration play no part.</summary>
public sealed class GitRepository : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("codex-test-repository-");

    private GitRepository()
    {
    }

    /// <summary>The working tree.</summary>
    public string Path => root.FullName;

    /// <summary>A repository without a commit, on branch <paramref name="branch"/>.</summary>
    public static GitRepository Empty(string branch = "main")
    {
        var repository = new GitRepository();
        repository.Git("init", "-q", "-b", branch);
        return repository;
    }

    /// <summary>A repository with one commit that holds <paramref name="files"/> (path and content).</summary>
    public static GitRepository With(params (string Path, string Content)[] files)
    {
        var repository = Empty();
        repository.Commit("First commit", files);
        return repository;
    }

    /// <summary>A Python package with a wrong function and the pytest test that shows it.</summary>
    public static GitRepository WithFailingPythonTest() => With(
        ("calculator.py", "def add(a, b):\n    return a - b\n"),
        ("test_calculator.py", "from calculator import add\n\n\ndef test_add():\n    assert add(2, 3) == 5\n\n\ndef test_zero():\n    assert add(4, 0) == 4\n"));

    /// <summary>Writes files and commits everything; returns the commit.</summary>
    public string Commit(string message, params (string Path, string Content)[] files)
    {
        foreach (var (path, content) in files)
        {
            var full = System.IO.Path.Combine(Path, path);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!);
            File.WriteAllText(full, content);
        }

        Git("add", "-A");
        Git("commit", "-q", "--allow-empty", "-m", message);
        return Git("rev-parse", "HEAD").Trim();
    }

    /// <summary>Runs git in the repository and returns its output.</summary>
    /// <exception cref="InvalidOperationException">git failed; the message holds what it said.</exception>
    public string Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", Path, "-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? text
            : throw new InvalidOperationException($"git {string.Join(' ', arguments)} ended {process.ExitCode}: {errors.GetAwaiter().GetResult()}");
    }

    /// <inheritdoc />
    public void Dispose() => root.Delete(recursive: true);
}
