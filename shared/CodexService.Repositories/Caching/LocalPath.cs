namespace CodexService.Repositories.Caching;

/// <summary>Says in plain words why a local path is no repository, before git is asked.</summary>
internal static class LocalPath
{
    /// <exception cref="RepositoryException">The path does not exist, is a file, is empty, or holds no repository.</exception>
    public static void EnsureRepository(string path)
    {
        if (File.Exists(path))
        {
            throw new RepositoryException(RepositoryErrorKind.NotARepository, $"{path} is a file, not a folder; give the folder of a git repository");
        }

        if (!Directory.Exists(path))
        {
            throw new RepositoryException(RepositoryErrorKind.NotFound, $"{path} does not exist; give the absolute path of a git repository");
        }

        if (IsRepository(path))
        {
            return;
        }

        try
        {
            if (!Directory.EnumerateFileSystemEntries(path).Any())
            {
                throw new RepositoryException(RepositoryErrorKind.EmptyFolder, $"{path} is empty; give the folder of a git repository with at least one commit");
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw new RepositoryException(RepositoryErrorKind.NotARepository, $"{path} cannot be read by this service; check its permissions", e);
        }

        for (var parent = Path.GetDirectoryName(path); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            if (IsRepository(parent))
            {
                throw new RepositoryException(RepositoryErrorKind.NotARepository, $"{path} is a folder inside the git repository {parent}; give {parent} instead");
            }
        }

        throw new RepositoryException(
            RepositoryErrorKind.NotARepository,
            $"{path} is not a git repository; run 'git init', 'git add -A' and 'git commit' in it, or give another folder");
    }

    private static bool IsRepository(string path) =>
        Path.Exists(Path.Combine(path, ".git")) ||
        (File.Exists(Path.Combine(path, "HEAD")) && Directory.Exists(Path.Combine(path, "objects")) && Directory.Exists(Path.Combine(path, "refs")));
}
