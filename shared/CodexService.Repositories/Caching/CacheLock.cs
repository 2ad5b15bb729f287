namespace CodexService.Repositories.Caching;

/// <summary>
/// An exclusive lock on one cache folder, across tasks and processes. The operating system drops it when the process
/// dies, so a crash never leaves a stale lock.
/// </summary>
internal static class CacheLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(15);

    public static async Task<IDisposable> AcquireAsync(string path, TimeProvider time, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                // FileShare.None is flock(2) on Unix: it also keeps two tasks of this process apart.
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException))
            {
                if (time.GetElapsedTime(started) > timeout)
                {
                    throw new RepositoryException(
                        RepositoryErrorKind.GitFailed,
                        $"the repository cache is locked by another fetch for more than {timeout.TotalSeconds:0} s ({path}): {e.Message}",
                        e);
                }

                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }
}
