namespace CodexService.PrivatePostgres.Tests;

/// <summary>A folder that a server running as another user can reach, gone after the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder()
    {
        Directory.CreateDirectory(Root);
        File.SetUnixFileMode(Root, (UnixFileMode)0b111_101_101);
    }

    public string Root { get; } = Path.Combine(Path.GetTempPath(), "cpg-" + Path.GetRandomFileName());

    public string Server => Path.Combine(Root, "server");

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
