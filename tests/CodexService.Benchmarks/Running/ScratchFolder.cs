namespace CodexService.Benchmarks.Running;

/// <summary>A folder for one benchmark, gone on dispose.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("codex-benchmarks-");

    public ScratchFolder() =>
        // PostgreSQL may run as another user, who has to get in.
        folder.UnixFileMode = (UnixFileMode)0b111_101_101;

    public string Root => folder.FullName;

    public string File(string name) => Path.Combine(folder.FullName, name);

    public void Dispose() => folder.Delete(recursive: true);
}
