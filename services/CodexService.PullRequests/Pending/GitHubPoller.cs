using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.ServiceDefaults;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Pending;

/// <summary>
/// Asks GitHub for something at the start, as soon as other credentials are used, and at an interval. Where that fails it is tried again with
/// growing pauses, up to an hour, and a reason that lasts is told once. One process on the database asks at a time.
/// </summary>
/// <param name="name">What it is called in the database while a process is at it.</param>
/// <param name="does">What it does, at the beginning of a sentence, for example "Asking GitHub where the App is installed".</param>
/// <param name="interval">From one look that succeeded to the next.</param>
internal abstract partial class GitHubPoller(
    string name, string does, TimeSpan interval, IGitHub github, IDbContextFactory<TasksDbContext> contexts, TimeProvider time, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private readonly HashSet<string> told = new(StringComparer.Ordinal);
    private DateTimeOffset next;
    private int? asked;
    private int failures;

    /// <summary>Who is asked.</summary>
    protected IGitHub GitHub => github;

    /// <summary>The database.</summary>
    protected IDbContextFactory<TasksDbContext> Contexts => contexts;

    /// <summary>The moment, on the service's clock.</summary>
    protected DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Asks at once; leaves it when another process is at it.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        await using var turn = await DatabaseLock.TryTakeAsync(contexts, name, cancellationToken);
        if (turn is not null)
        {
            await AskAsync(cancellationToken);
        }
    }

    /// <summary>Asks when it is time.</summary>
    internal async Task LookWhenDueAsync(CancellationToken cancellationToken)
    {
        if (github.Generation is var generation && generation != asked)
        {
            (asked, next) = (generation, DateTimeOffset.MinValue);
            Forget();
        }

        var now = Now;
        if (now < next)
        {
            return;
        }

        try
        {
            await LookAsync(cancellationToken);
            next = now + interval;
            Forget();
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            var refused = e as GitHubException;
            next = now + GrowingPause.Doubled(ShortestPause, ++failures, LongestPause, refused?.RetryAfter);
            if (told.Add(refused?.Failure.ToString() ?? e.GetType().Name))
            {
                LogFailed(does, e.Message);
            }
        }
    }

    /// <summary>Asks for all of it; throws when that has to be tried again.</summary>
    protected abstract Task AskAsync(CancellationToken cancellationToken);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        PeriodicWork.RunAsync(ShortestPause, time, LookWhenDueAsync, e => LogFailed(does, e.Message), stoppingToken);

    private void Forget()
    {
        failures = 0;
        told.Clear();
    }

    [LoggerMessage(LogLevel.Warning, "{What} failed ({Reason}); tried again with growing pauses")]
    private partial void LogFailed(string what, string reason);
}
