using System.Globalization;
using System.IO.Pipelines;
using CodexService.Sandbox;

namespace CodexService.Verification.Workspaces;

/// <summary>A workspace that is ready for work.</summary>
/// <param name="BaselineTree">Id of the tree that the uploaded files make; the base commit's own tree unless it has submodules.</param>
/// <param name="Upload">How long unpacking the tree took.</param>
/// <param name="Baseline">How long recording it took.</param>
public sealed record PreparedWorkspace(string BaselineTree, TimeSpan Upload, TimeSpan Baseline);

/// <summary>Puts a repository's tree into a sandbox and records it as the baseline that changes are measured against.</summary>
public sealed class WorkspacePreparer(TimeProvider time)
{
    private static readonly string Script = SandboxScript.Read("prepare.sh");

    /// <summary>
    /// Streams the tree into <see cref="ISandbox.Workspace"/> and makes it a git work tree with one commit.
    /// </summary>
    /// <param name="sandbox">A fresh sandbox.</param>
    /// <param name="writeTar">Writes an uncompressed tar of the tree; it runs while the sandbox unpacks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SandboxException">The tree does not fit or git fails in the sandbox; one line says which.</exception>
    public async Task<PreparedWorkspace> PrepareAsync(ISandbox sandbox, Func<Stream, CancellationToken, Task> writeTar, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var bytes = await UploadAsync(sandbox, writeTar, cancellationToken);
        var upload = time.GetElapsedTime(started);

        var result = await sandbox.RunAsync(
            new SandboxCommand(Script)
            {
                Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["TREE_BYTES"] = bytes.ToString(CultureInfo.InvariantCulture) },
            },
            cancellationToken);
        if (!result.Succeeded)
        {
            var line = result.Error ?? SandboxScript.LastLine(result.StandardErrorText);
            var full = line.Contains("No space left", StringComparison.Ordinal) || line.Contains("Out of diskspace", StringComparison.Ordinal);
            throw new SandboxException(full
                ? $"the repository's files ({bytes >> 20} MiB) do not fit into the sandbox twice, as files and as their baseline; raise Sandbox:Disk ({sandbox.Limits.DiskBytes >> 20} MiB now)"
                : $"the workspace could not be prepared: {line}");
        }

        var ids = result.StandardOutputText.Trim().Split(' ');
        return new PreparedWorkspace(ids[^1], upload, time.GetElapsedTime(started) - upload);
    }

    private static async Task<long> UploadAsync(ISandbox sandbox, Func<Stream, CancellationToken, Task> writeTar, CancellationToken cancellationToken)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 4 << 20, resumeWriterThreshold: 2 << 20, minimumSegmentSize: 256 << 10));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var writing = WriteAsync();
        try
        {
            await using var reader = pipe.Reader.AsStream();
            await sandbox.UploadAsync(reader, sandbox.Workspace, stop.Token);
        }
        catch (Exception) when (writing.IsFaulted)
        {
            // The tar ended early because its source failed; that error is the one that says what is wrong.
            await writing;
            throw;
        }
        catch (Exception)
        {
            await stop.CancelAsync();
            await writing.ContinueWith(static _ => { }, TaskScheduler.Default);
            throw;
        }

        return await writing;

        async Task<long> WriteAsync()
        {
            try
            {
                await using var writer = new CountingStream(pipe.Writer.AsStream(leaveOpen: true));
                await writeTar(writer, stop.Token);
                await pipe.Writer.CompleteAsync();
                return writer.Written;
            }
            catch (Exception e)
            {
                await pipe.Writer.CompleteAsync(e);
                throw;
            }
        }
    }
}
