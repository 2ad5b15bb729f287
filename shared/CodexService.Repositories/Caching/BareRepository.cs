namespace CodexService.Repositories.Caching;

/// <summary>
/// The folder of one bare repository. Written by hand instead of by <c>git init</c>: it saves a process on the way from
/// submit to the first command, and no template of the machine gets in.
/// </summary>
internal static class BareRepository
{
    /// <summary>
    /// Highest-precedence attributes: whatever a tree's own .gitattributes say, an archive of it holds every file with
    /// exactly the committed bytes.
    /// </summary>
    internal const string ExactAttributes = "* -export-ignore -export-subst -text -crlf -eol -ident -filter !working-tree-encoding\n";

    private const string Configuration = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n\tlogAllRefUpdates = false\n";

    /// <summary>Creates what is missing; does nothing on a complete repository.</summary>
    public static async Task CreateAsync(string directory, CancellationToken cancellationToken)
    {
        var head = Path.Combine(directory, "HEAD");
        if (File.Exists(head))
        {
            return;
        }

        Directory.CreateDirectory(Path.Combine(directory, "objects"));
        Directory.CreateDirectory(Path.Combine(directory, "refs"));
        Directory.CreateDirectory(Path.Combine(directory, "info"));
        await File.WriteAllTextAsync(Path.Combine(directory, "info", "attributes"), ExactAttributes, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(directory, "config"), Configuration, cancellationToken);

        // HEAD last: it marks the folder as complete. It names a branch that a fetch never writes.
        await File.WriteAllTextAsync(head, "ref: refs/codex/none\n", cancellationToken);
    }

    /// <summary>Removes lock files of git processes that were killed. The caller holds the cache lock.</summary>
    public static void RemoveStaleLocks(string directory)
    {
        foreach (var file in Directory.EnumerateFiles(directory, "*.lock", SearchOption.TopDirectoryOnly)
            .Concat(Directory.EnumerateFiles(Path.Combine(directory, "refs"), "*.lock", SearchOption.AllDirectories)))
        {
            File.Delete(file);
        }
    }

    /// <summary>Moves a damaged repository out of the way and deletes it.</summary>
    public static void Discard(string directory)
    {
        var aside = $"{directory}.damaged-{Guid.NewGuid():N}";
        Directory.Move(directory, aside);
        Directory.Delete(aside, recursive: true);
    }
}
