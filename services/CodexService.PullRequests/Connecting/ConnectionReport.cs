using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Forges;
using CodexService.PullRequests.Pending;
using CodexService.ServiceDefaults;
using CodexService.Tasks.GitHubLink;
using Microsoft.Extensions.Options;

namespace CodexService.PullRequests.Connecting;

/// <summary>
/// Asks GitHub whose the credentials are, at the start, every minute and as soon as others are used, and stores how it stands for the
/// dashboard. While GitHub is away it is asked with pauses that grow to a minute; credentials that it refused are shown to it again with
/// pauses that grow to 15 minutes.
/// </summary>
internal sealed partial class ConnectionReport(
    IGitHub github, GitHubLinks links, IOptions<GitHubTaskOptions> options, DashboardAddress dashboard, TimeProvider time, ILogger<ConnectionReport> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim turn = new(1);
    private int? asked;
    private int failures;
    private bool isTold;
    private DateTimeOffset nextAsk;
    private DateTimeOffset nextTelling;
    private GitHubAccount? account;
    private GitHubConnectionInfo? last;
    private string? logged;

    /// <summary>Asks GitHub now.</summary>
    /// <param name="problem">What is known to stand against it already; then GitHub is not asked.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task WriteAsync(string? problem, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            await TellAsync(problem, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Asks when other credentials are used than at the last look, or it is time again.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            var now = time.GetUtcNow();
            if (github.Generation != asked || now >= nextAsk)
            {
                await TellAsync(null, cancellationToken);
            }
            else if (now >= nextTelling && last is not null)
            {
                // What nobody tells for some minutes is taken for what a process left behind that is gone.
                nextTelling = now + Interval;
                await links.SaveAsync(last, LastAnswer.Earlier, cancellationToken);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    public override void Dispose()
    {
        turn.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => PeriodicWork.RunAsync(LookInterval, time, LookAsync, e => LogFailed(e.Message), stoppingToken);

    private async Task TellAsync(string? problem, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        (nextAsk, nextTelling) = (now + Interval, now + Interval);

        // Here, so that it is stored however the process that made the App ended.
        if (github.WebhookSecret is { } secret)
        {
            await links.SaveWebhookSecretAsync(secret, cancellationToken);
        }

        var generation = github.Generation;
        if (generation != asked)
        {
            (asked, account, failures, last) = (generation, null, 0, null);
        }

        if (problem is null && github.Problem is { } unusable)
        {
            LogOnce(unusable);
            problem = unusable;
        }

        if (github.Access == GitHubAccess.None && problem is null)
        {
            // What this process told is untrue by now; what another one told ends by itself.
            await (isTold ? links.RemoveAsync(cancellationToken) : links.SaveAsync(null, LastAnswer.Never, cancellationToken));
            isTold = false;
            return;
        }

        if (problem is null && last is null)
        {
            // That takes as long as GitHub takes to answer, or not to.
            await SaveAsync(null, passes: false, LastAnswer.Never, cancellationToken);
        }

        if (problem is not null)
        {
            await SaveAsync(problem, passes: false, last is null ? LastAnswer.Never : LastAnswer.Earlier, cancellationToken);
            return;
        }

        var (failure, line) = await AskAsync(cancellationToken);
        nextAsk = time.GetUtcNow() + Pause(failure);
        await SaveAsync(line, passes: failure is { IsPassing: true }, failure is { IsAnswer: false } ? LastAnswer.Earlier : LastAnswer.Now, cancellationToken);
    }

    private async Task<(GitHubException? Failure, string? Problem)> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            account = await github.GetAccountAsync(cancellationToken);
            failures = 0;
            if (logged != account.Login)
            {
                logged = account.Login;
                LogWorks(account.Login, github.ApiUrl.Host);
                if (dashboard.Url is null)
                {
                    LogNoLinks();
                }
            }

            return (null, null);
        }
        catch (GitHubException e)
        {
            failures++;
            var problem = ConnectionProblem.Line(github, e, account?.ExpiresAt, time.GetUtcNow()) + (ConnectionProblem.MayPass(e) ? "; it is tried again by itself" : "");
            LogOnce(problem);
            return (e, problem);
        }
    }

    private void LogOnce(string problem)
    {
        if (logged != problem)
        {
            logged = problem;
            LogProblem(problem);
        }
    }

    private TimeSpan Pause(GitHubException? failure) => failure switch
    {
        null => Interval,
        { IsPassing: true } => GrowingPause.Doubled(TimeSpan.FromSeconds(5), failures, Interval, failure.RetryAfter),
        _ => GrowingPause.Doubled(Interval, failures, GrowingPause.Longest),
    };

    private async Task SaveAsync(string? problem, bool passes, LastAnswer answer, CancellationToken cancellationToken)
    {
        var access = github.Access;
        last = new GitHubConnectionInfo(
            access switch { _ when github.Problem is not null => "none", GitHubAccess.App => "app", GitHubAccess.Token => "token", _ => "none" },
            options.Value.Mention ?? (access == GitHubAccess.App ? account?.Name : AppName.WithoutApp),
            account?.HtmlUrl,
            github.ApiUrl.AbsoluteUri,
            null,
            problem)
        {
            Account = account?.Login,
            ProblemPasses = passes,
            ExpiresAt = account?.ExpiresAt,
        };
        await links.SaveAsync(last, answer, cancellationToken);
        isTold = access != GitHubAccess.None;
    }

    [LoggerMessage(LogLevel.Information, "GitHub takes the credentials: they are of {Login} at {Host}")]
    private partial void LogWorks(string login, string host);

    [LoggerMessage(LogLevel.Warning, "What is written on GitHub has no links to tasks and their live logs, as nobody told the dashboard's address: set CODEX_PUBLIC_URL to it and start the service again")]
    private partial void LogNoLinks();

    [LoggerMessage(LogLevel.Warning, "GitHub does not work: {Reason}")]
    private partial void LogProblem(string reason);

    [LoggerMessage(LogLevel.Warning, "How the service stands with GitHub could not be stored ({Reason}); tried again within a minute")]
    private partial void LogFailed(string reason);
}
