namespace CodexService.Testing;

/// <summary>
/// The folder of one test process, named by its process id, so that a later process can remove what a killed one left.
/// </summary>
internal sealed class TestFolder
{
    private const string Prefix = "codex-tests-";

    private TestFolder(string path) => Path = path;

    public string Path { get; }

    public static TestFolder Create()
    {
        RemoveLeftOvers();
        var path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"{Prefix}{Environment.ProcessId}");
        Directory.CreateDirectory(path);

        // PostgreSQL may run as another user, who has to get in.
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return new TestFolder(path);
    }

    /// <summary>Removes it; what somebody still writes at this moment is left to a later process.</summary>
    public void Delete() => TryDelete(Path);

    private static void RemoveLeftOvers()
    {
        foreach (var folder in Directory.GetDirectories(System.IO.Path.GetTempPath(), Prefix + "*"))
        {
            if (int.TryParse(System.IO.Path.GetFileName(folder)[Prefix.Length..], out var pid) && (pid == Environment.ProcessId || (!Directory.Exists($"/proc/{pid}") && Directory.Exists("/proc/self"))))
            {
                TryDelete(folder);
            }
        }
    }

    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process removes it at this moment, or it belongs to another user; neither is ours to mend.
        }
    }
}
