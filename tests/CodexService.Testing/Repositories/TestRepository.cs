using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace CodexService.Testing;

/// <summary>
/// A real git repository in a temporary folder, made by the git command as a user would and gone on dispose. User and system
/// configuration play no part. What a field initializer or a short check needs waits for git; the rest is asynchronous too.
/// </summary>
public sealed class TestRepository : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("codex-test-repository-");

    private TestRepository() => Path = root.CreateSubdirectory("work").FullName;

    /// <summary>The work tree.</summary>
    public string Path { get; }

    /// <summary>A repository without a commit, on branch <paramref name="branch"/>.</summary>
    public static TestRepository Empty(string branch = "main")
    {
        var repository = new TestRepository();
        repository.Git("init", "-q", "-b", branch);
        return repository;
    }

    /// <summary>A repository with one commit that holds <paramref name="files"/> (path and content), on branch <c>main</c>.</summary>
    public static TestRepository With(params (string Path, string Content)[] files)
    {
        var repository = Empty();
        repository.Commit("first", files);
        return repository;
    }

    /// <summary>A Python package with a wrong function and the pytest test that shows it.</summary>
    public static TestRepository WithFailingPythonTest() => With(
        ("calculator.py", "def add(a, b):\n    return a - b\n"),
        ("test_calculator.py", "from calculator import add\n\n\ndef test_add():\n    assert add(2, 3) == 5\n\n\ndef test_zero():\n    assert add(4, 0) == 4\n"));

    /// <summary>Creates a repository on branch <c>main</c>; with files, they are its first commit.</summary>
    public static Task<TestRepository> CreateAsync(params (string Path, string Content)[] files) =>
        Task.Run(() => files.Length > 0 ? With(files) : Empty());

    /// <summary>Writes files, adds everything and commits; returns the commit's id.</summary>
    public string Commit(string message, params (string Path, string Content)[] files)
    {
        foreach (var (path, content) in files)
        {
            Write(path, content);
        }

        Git("add", "-A", "-f", ".");
        Git("commit", "-q", "--allow-empty", "-m", message);
        return Git("rev-parse", "HEAD").Trim();
    }

    /// <summary>As <see cref="Commit"/>.</summary>
    public Task<string> CommitAsync(string message, params (string Path, string Content)[] files) => Task.Run(() => Commit(message, files));

    /// <summary>Writes one file of the work tree.</summary>
    public void Write(string path, string content)
    {
        var full = System.IO.Path.Combine(Path, path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
    }

    /// <summary>The commit of HEAD, or of <paramref name="revision"/>.</summary>
    public async Task<string> HeadAsync(string revision = "HEAD") => (await GitAsync("rev-parse", revision)).Trim();

    /// <summary>A patch that makes the base's files look like <paramref name="files"/>; the work tree is as before afterwards.</summary>
    public async Task<string> PatchAsync(params (string Path, string Content)[] files)
    {
        foreach (var (path, content) in files)
        {
            Write(path, content);
        }

        await GitAsync("add", "-A", "-f", ".");
        var patch = await GitAsync("diff", "--cached", "--binary", "--full-index", "--no-renames", "HEAD");
        await GitAsync("reset", "-q", "--hard", "HEAD");
        return patch;
    }

    /// <summary>One line per file, folder and link below the work tree and the index: name, mode, time and content hash.</summary>
    public string Snapshot()
    {
        var lines = new StringBuilder();
        foreach (var entry in new DirectoryInfo(Path).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).OrderBy(e => e.FullName, StringComparer.Ordinal))
        {
            var name = System.IO.Path.GetRelativePath(Path, entry.FullName);
            var inGit = name == ".git" || name.StartsWith(".git/", StringComparison.Ordinal);
            if (inGit && name is not (".git/index" or ".git/HEAD" or ".git/config"))
            {
                continue;
            }

            var content = entry.LinkTarget ?? (entry is FileInfo file ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName))) : "folder");
            lines.AppendLine($"{name}|{entry.UnixFileMode}|{(entry is FileInfo && !inGit ? entry.LastWriteTimeUtc.Ticks : 0)}|{content}");
        }

        return lines.ToString();
    }

    /// <summary>Runs git in the work tree and returns its stdout.</summary>
    /// <exception cref="InvalidOperationException">git failed; the message carries its stderr.</exception>
    public string Git(params string[] arguments) => GitIn(Path, arguments);

    /// <summary>As <see cref="Git"/>.</summary>
    public Task<string> GitAsync(params string[] arguments) => GitInAsync(Path, arguments);

    /// <summary>Runs git in <paramref name="directory"/>.</summary>
    /// <exception cref="InvalidOperationException">git failed; the message carries its stderr.</exception>
    public static Task<string> GitInAsync(string directory, params string[] arguments) => Task.Run(() => GitIn(directory, arguments));

    /// <inheritdoc/>
    public void Dispose() => AnyNameDeletion.Delete(root);

    private static string GitIn(string directory, string[] arguments)
    {
        string[] settings = ["-c", "user.name=Test User", "-c", "user.email=test@example.com", "-c", "commit.gpgSign=false", "-c", "protocol.file.allow=always"];
        var start = new ProcessStartInfo("git", [.. settings, .. arguments])
        {
            WorkingDirectory = directory,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("git did not start");
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"git {string.Join(' ', arguments)} ended {process.ExitCode}: {error.GetAwaiter().GetResult()}");
    }
}
