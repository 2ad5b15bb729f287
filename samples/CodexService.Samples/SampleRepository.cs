using System.Text;

namespace CodexService.Samples;

/// <summary>
/// The sample repository <c>users-api</c>: a paginated user directory in Python on the standard library, with a pytest
/// suite. What is stored is correct; a bug is put in when a repository is created.
/// </summary>
public static class SampleRepository
{
    /// <summary>The command that runs its tests.</summary>
    public const string TestCommand = "python3 -m pytest -q";

    private const string Prefix = "users-api/";

    // From the first to the last commit: what a small project grows by.
    private static readonly (string Message, string[] Paths)[] History =
    [
        ("Users, roles and checks on what clients send", [".gitignore", "pyproject.toml", "app/__init__.py", "app/models.py", "app/validation.py", "tests/__init__.py", "tests/test_validation.py"]),
        ("Keep users in memory, found by id and address", ["app/repository.py", "tests/test_repository.py"]),
        ("Filter and sort users", ["app/filters.py", "app/sorting.py", "tests/test_filters.py", "tests/test_sorting.py"]),
        ("Pages with links to their neighbours", ["app/pagination.py", "app/serializers.py", "tests/test_pagination.py", "tests/test_serializers.py"]),
        ("Serve /api/users", ["app/http.py", "app/users.py", "app/server.py", "tests/conftest.py", "tests/test_users_api.py", "README.md"]),
    ];

    /// <summary>The files of the repository with <paramref name="bug"/> in them, by their path.</summary>
    /// <exception cref="ArgumentException">The bug does not fit: its original text does not occur exactly once.</exception>
    public static IReadOnlyDictionary<string, string> Files(SeededBug? bug)
    {
        var assembly = typeof(SampleRepository).Assembly;
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
            files[name[Prefix.Length..].Replace('\\', '/')] = reader.ReadToEnd();
        }

        if (bug is not null)
        {
            files[bug.File] = Seed(files.GetValueOrDefault(bug.File, ""), bug);
        }

        return files;
    }

    /// <summary>
    /// Writes the repository into <paramref name="directory"/> (created when missing) with a small history on branch
    /// <c>main</c>; the bug comes with the last commit. Commit ids are the same on every machine.
    /// </summary>
    /// <exception cref="IOException">The folder exists and is not empty, or git failed.</exception>
    public static async Task CreateAsync(string directory, SeededBug? bug, CancellationToken cancellationToken)
    {
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
        {
            throw new IOException($"The folder {directory} is not empty; name another one for the sample repository.");
        }

        Directory.CreateDirectory(directory);
        var git = new SampleGit(directory);
        await git.RunAsync(["init", "--quiet", "--initial-branch=main"], cancellationToken);
        var correct = Files(null);
        foreach (var (message, paths) in History)
        {
            foreach (var path in paths)
            {
                await WriteAsync(directory, path, correct[path], cancellationToken);
            }

            await git.CommitAsync(message, cancellationToken);
        }

        if (bug is not null)
        {
            await WriteAsync(directory, bug.File, Files(bug)[bug.File], cancellationToken);
            await git.CommitAsync($"Tidy up {bug.Function}", cancellationToken);
        }
    }

    private static string Seed(string text, SeededBug bug)
    {
        var first = text.IndexOf(bug.Original, StringComparison.Ordinal);
        if (first < 0 || text.IndexOf(bug.Original, first + 1, StringComparison.Ordinal) >= 0)
        {
            throw new ArgumentException($"The original text of the bug {bug.Name} does not occur exactly once in {bug.File}.", nameof(bug));
        }

        return string.Concat(text.AsSpan(0, first), bug.Buggy, text.AsSpan(first + bug.Original.Length));
    }

    private static async Task WriteAsync(string directory, string path, string text, CancellationToken cancellationToken)
    {
        var full = Path.Combine(directory, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        await File.WriteAllTextAsync(full, text, cancellationToken);
    }
}
