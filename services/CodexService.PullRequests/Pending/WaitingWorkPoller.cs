using CodexService.GitHub;
using CodexService.Repositories;
using CodexService.ServiceDefaults;
using CodexService.Tasks;

namespace CodexService.PullRequests.Pending;

/// <summary>
/// Looks every 5 s for work that waits, so that a lost message delays and never loses. One piece that fails holds up no other: it rests
/// with growing pauses, and after a day of failures it is given up, where there is a way to say so.
/// </summary>
internal abstract partial class WaitingWorkPoller(RetryPauses pauses, TimeProvider time, ILogger logger) : BackgroundService
{
    /// <summary>How long a piece of work that fails is tried again, counted from its first failure in this process.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>The moment, on the service's clock.</summary>
    protected DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Looks once, and does what is due.</summary>
    public abstract Task LookAsync(CancellationToken cancellationToken);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => PeriodicWork.RunAsync(Interval, time, LookAsync, e => LogLookFailed(GetType().Name, e.Message), stoppingToken);

    /// <summary>Works on each piece that is due.</summary>
    /// <param name="kind">What is done to them, for the log and to tell the same id of two kinds apart, for example "open the pull request of task".</param>
    /// <param name="items">The pieces.</param>
    /// <param name="id">Identity of a piece.</param>
    /// <param name="work">Does one; throws when it has to be tried again.</param>
    /// <param name="giveUp">Ends one that failed too long, with one line that says why; <see langword="null"/> when <paramref name="work"/> sees to that.</param>
    /// <param name="cancellationToken">Ends it.</param>
    protected Task EachAsync<T>(
        string kind, IEnumerable<T> items, Func<T, string> id, Func<T, Task> work, Func<T, string, Task>? giveUp, CancellationToken cancellationToken) => EachAsync(
        kind,
        items,
        id,
        async item =>
        {
            await work(item);
            return true;
        },
        giveUp,
        cancellationToken);

    /// <summary>Works on each piece that is due.</summary>
    /// <param name="kind">What is done to them, for the log and to tell the same id of two kinds apart, for example "open the pull request of task".</param>
    /// <param name="items">The pieces.</param>
    /// <param name="id">Identity of a piece.</param>
    /// <param name="work">Does one, or says that it did not, as somebody is at it: how often it failed stays as it is. Throws when it has to be tried again.</param>
    /// <param name="giveUp">Ends one that failed too long, with one line that says why; <see langword="null"/> when <paramref name="work"/> sees to that.</param>
    /// <param name="cancellationToken">Ends it.</param>
    protected async Task EachAsync<T>(
        string kind, IEnumerable<T> items, Func<T, string> id, Func<T, Task<bool>> work, Func<T, string, Task>? giveUp, CancellationToken cancellationToken)
    {
        foreach (var item in items)
        {
            var key = $"{kind} {id(item)}";
            if (!pauses.IsDue(key))
            {
                continue;
            }

            try
            {
                if (await work(item))
                {
                    pauses.Forget(key);
                }
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                await PostponeAsync(key, e, giveUp is null ? null : why => giveUp(item, why), cancellationToken);
            }
        }
    }

    private async Task PostponeAsync(string key, Exception failure, Func<string, Task>? giveUp, CancellationToken cancellationToken)
    {
        // Only what was written for people is shown to them.
        var isTold = failure is GitHubException or RepositoryException or TaskConflictException;
        if (!isTold)
        {
            LogBroken(failure, key);
        }

        var (since, pause) = pauses.Failed(key, (failure as GitHubException)?.RetryAfter ?? (failure as RepositoryException)?.RetryAfter);
        if (giveUp is null || time.GetUtcNow() - since < Patience)
        {
            LogPostponed(key, failure.Message, pause);
            return;
        }

        try
        {
            await giveUp($"given up after {Patience.TotalHours:0} hours: {(isTold ? failure.Message : "an error inside the service; its log says which")}");
            pauses.Forget(key);
            LogGivenUp(key, failure.Message);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // The database is away as well; the next try is as good.
            LogPostponed(key, e.Message, pause);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Poller} could not look for what waits ({Reason}); it looks again in 5 s")]
    private partial void LogLookFailed(string poller, string reason);

    [LoggerMessage(LogLevel.Warning, "To {What} failed ({Reason}); it is tried again in {Pause}")]
    private partial void LogPostponed(string what, string reason, TimeSpan pause);

    [LoggerMessage(LogLevel.Error, "To {What} hit an unexpected error")]
    private partial void LogBroken(Exception exception, string what);

    [LoggerMessage(LogLevel.Error, "To {What} is given up: {Reason}")]
    private partial void LogGivenUp(string what, string reason);
}
