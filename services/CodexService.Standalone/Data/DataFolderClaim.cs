using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Local;

namespace CodexService.Standalone.Data;

/// <summary>The data folder, held against a second service for as long as this object lives; the kernel lets go when the process dies.</summary>
internal sealed class DataFolderClaim : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // The client looks for a moment whether the lock is held, which must not be mistaken for a second service.
    private const int Tries = 20;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(50);

    private readonly FileStream held;

    private DataFolderClaim(DataFolder folder, FileStream held)
    {
        Folder = folder;
        this.held = held;
    }

    public DataFolder Folder { get; }

    /// <summary>Creates the folder where it is missing, for its owner alone, and takes it.</summary>
    /// <exception cref="StandaloneException">It cannot be used, or another service works on it.</exception>
    public static async Task<DataFolderClaim> TakeAsync(string root, CancellationToken cancellationToken)
    {
        var folder = new DataFolder(root);
        try
        {
            if (!Directory.Exists(root))
            {
                Directory.CreateDirectory(root, OwnerOnly);
            }

            var stream = await LockAsync(folder, cancellationToken);
            File.Delete(folder.ServiceFile);
            return new DataFolderClaim(folder, stream);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new StandaloneException(
                $"The data folder {root} cannot be written: {problem.Message.TrimEnd('.')}. Make it writable, or choose another one with {DataFolder.Setting}.", problem);
        }
    }

    /// <summary>Tells others on this machine where the service answers.</summary>
    public void Announce(RunningService service) =>
        PrivateFile.Write(Folder.ServiceFile, JsonSerializer.Serialize(service, JsonConventions.Options));

    /// <summary>Takes the announcement back.</summary>
    public void Withdraw() => File.Delete(Folder.ServiceFile);

    public void Dispose() => held.Dispose();

    private static async Task<FileStream> LockAsync(DataFolder folder, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return new FileStream(folder.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException problem) when (problem.GetType() == typeof(IOException) && File.Exists(folder.LockFile))
            {
                if (tries == Tries)
                {
                    throw new StandaloneException(Holder(folder), problem);
                }

                await Task.Delay(BetweenTries, TimeProvider.System, cancellationToken);
            }
        }
    }

    private static string Holder(DataFolder folder)
    {
        try
        {
            if (JsonSerializer.Deserialize<RunningService>(File.ReadAllText(folder.ServiceFile), JsonConventions.Options) is { } other)
            {
                return $"A service is already up at {other.Url} (pid {other.Pid}) with the data in {folder.Root}. Use that one, stop it, or choose another folder with {DataFolder.Setting}.";
            }
        }
        catch (Exception problem) when (problem is IOException or JsonException)
        {
            // It has the folder but has not said yet where it answers, or says it no more.
        }

        return $"Another service is starting or stopping on {folder.Root}. Wait for it, stop it with ./codex down, or choose another folder with {DataFolder.Setting}.";
    }
}
