using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace CodexService.Testing;

/// <summary>A real git repository in a temporary folder, made by the git command as a user would.</summary>
public sealed class TestRepository : IDisposable
{
    private readonly DirectoryInfo _root;

    private TestRepository(DirectoryInfo root, string path) => (_root, Path) = (root, path);

    /// <summary>The work tree.</summary>
    public string Path { get; }

    /// <summary>Creates a repository on branch <c>main</c>; with files, they are its first commit.</summary>
    public static async Task<TestRepository> CreateAsync(params (string Path, string Content)[] files)
    {
        var root = Directory.CreateTempSubdirectory("codex-test-repository-");
        var repository = new TestRepository(root, root.CreateSubdirectory("work").FullName);
        await repository.GitAsync("init", "-q", "-b", "main");
        if (files.Length > 0)
        {
            await repository.CommitAsync("first", files);
        }

        return repository;
    }

    /// <summary>Writes files, adds everything and commits; returns the commit's id.</summary>
    public async Task<string> CommitAsync(string message, params (string Path, string Content)[] files)
    {
        foreach (var (path, content) in files)
        {
            Write(path, content);
        }

        await GitAsync("add", "-A", "-f", ".");
        await GitAsync("commit", "-q", "--allow-empty", "-m", message);
        return await HeadAsync();
    }

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
    public Task<string> GitAsync(params string[] arguments) => GitInAsync(Path, arguments);

    /// <summary>Runs git in <paramref name="directory"/>.</summary>
    /// <exception cref="InvalidOperationException">git failed; the message carries its stderr.</exception>
    public static async Task<string> GitInAsync(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("git")
        {
            WorkingDirectory = directory,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] settings = ["-c", "user.name=Test User", "-c", "user.email=test@example.com", "-c", "commit.gpgSign=false", "-c", "protocol.file.allow=always"];
        foreach (var argument in settings.Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("git did not start");
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {await error}");
    }

    /// <inheritdoc/>
    public void Dispose() => AnyNameDeletion.Delete(_root);
}
