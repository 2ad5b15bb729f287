namespace CodexService.Architecture.Tests;

/// <summary>The files of this repository as a person wrote them.</summary>
internal static class RepositoryFiles
{
    private static readonly string[] NotOurs = ["artifacts", "node_modules", "bin", "obj", "dist", "wwwroot", ".git"];

    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> Find(string pattern, params string[] folders) =>
        (folders.Length == 0 ? [""] : folders).SelectMany(folder => Walk(new DirectoryInfo(Path.Combine(Root, folder)), pattern));

    /// <summary>A path relative to the root, with slashes.</summary>
    public static string Name(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static IEnumerable<string> Walk(DirectoryInfo folder, string pattern)
    {
        if (!folder.Exists)
        {
            return [];
        }

        return folder.EnumerateFiles(pattern).Select(file => file.FullName)
            .Concat(folder.EnumerateDirectories()
                .Where(below => !NotOurs.Contains(below.Name, StringComparer.Ordinal) && below.LinkTarget is null)
                .SelectMany(below => Walk(below, pattern)));
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CodexService.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"CodexService.sln is not above {AppContext.BaseDirectory}.");
    }
}
