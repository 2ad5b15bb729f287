using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CodexService.PrivatePostgres.Running;
using Microsoft.Extensions.Logging;

namespace CodexService.PrivatePostgres.Cluster;

/// <summary>
/// The folder of one private server, held by a lock for as long as this object lives. The kernel releases the lock
/// when the owner dies, however it dies.
/// </summary>
internal sealed partial class ServerFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OthersPass = UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly FileStream ownerLock;

    private ServerFolder(string root, FileStream ownerLock)
    {
        Root = root;
        this.ownerLock = ownerLock;
    }

    public string Root { get; }

    /// <summary>PostgreSQL's own data folder.</summary>
    public string Data => Path.Combine(Root, "data");

    /// <summary>Where a data folder grows before it is complete.</summary>
    public string Unfinished => Path.Combine(Root, "data.unfinished");

    /// <summary>Folder that the server's user may write, for its socket.</summary>
    public string Run => Path.Combine(Root, "run");

    public string PasswordFile => Path.Combine(Root, "password");

    /// <summary>Chooses the folder, creates it, and takes its lock.</summary>
    public static async Task<ServerFolder> OpenAsync(
        string requested, ServerAccount account, ILogger logger, CancellationToken cancellationToken)
    {
        requested = Path.GetFullPath(requested);
        var root = requested;
        try
        {
            if (!await account.CanEnterAsync(NearestExisting(requested), cancellationToken))
            {
                root = Path.Combine("/var/lib/codex-service", Fingerprint(requested));
                LogMoved(logger, account.Name, requested, root);
            }

            CreateFolder(root, account.IsOther ? OwnerOnly | OthersPass : OwnerOnly);
            var folder = new ServerFolder(root, TakeLock(root));
            try
            {
                CreateFolder(folder.Run, OwnerOnly);
                await account.GiveAsync(folder.Run, cancellationToken);
                return folder;
            }
            catch
            {
                folder.Dispose();
                throw;
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new PrivatePostgresException(
                $"Cannot use {root} for the database: {problem.Message.TrimEnd('.')}. Make it writable, or choose another folder with CODEX_DATA.", problem);
        }
    }

    /// <summary>Major version of the data that is already here, or <see langword="null"/>.</summary>
    public int? ExistingMajor()
    {
        var file = Path.Combine(Data, "PG_VERSION");
        return File.Exists(file) && int.TryParse(File.ReadAllText(file).Trim(), CultureInfo.InvariantCulture, out var major) ? major : null;
    }

    public void Dispose() => ownerLock.Dispose();

    private static FileStream TakeLock(string root)
    {
        var holder = Path.Combine(root, "owner.pid");
        FileStream stream;
        try
        {
            stream = new FileStream(Path.Combine(root, "owner.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException problem) when (problem.GetType() == typeof(IOException) && File.Exists(holder))
        {
            throw new PrivatePostgresException(
                $"The database in {root} is in use by another process (pid {File.ReadAllText(holder)}). Stop that one, or choose another folder with CODEX_DATA.", problem);
        }

        File.WriteAllText(holder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return stream;
    }

    private static void CreateFolder(string folder, UnixFileMode mode)
    {
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            File.SetUnixFileMode(folder, mode);
        }
    }

    private static string NearestExisting(string folder)
    {
        while (!Directory.Exists(folder))
        {
            folder = Path.GetDirectoryName(folder) ?? "/";
        }

        return folder;
    }

    private static string Fingerprint(string folder) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..16];

    [LoggerMessage(Level = LogLevel.Information, Message = "PostgreSQL runs as {User}, who cannot reach {Requested}; its data lies in {Actual}")]
    private static partial void LogMoved(ILogger logger, string user, string requested, string actual);
}
