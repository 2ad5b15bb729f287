using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.ServiceDefaults;
using CodexService.Tasks.GitHubLink;

namespace CodexService.PullRequests.Connecting;

/// <summary>
/// Tries the way to GitHub at the start, every minute and as soon as other credentials are used, and stores how it stands for the dashboard.
/// </summary>
internal sealed partial class ConnectionReport(IGitHub github, GitHubLinks links, TimeProvider time, ILogger<ConnectionReport> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(3);

    private volatile bool isTold;
    private int? told;
    private DateTimeOffset next;
    private string? warned;

    /// <summary>Tries it now.</summary>
    /// <param name="problem">What is known to stand against it already.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task WriteAsync(string? problem, CancellationToken cancellationToken)
    {
        // Here, so that it is stored however the process that made the App ended.
        if (github.WebhookSecret is { } secret)
        {
            await links.SaveWebhookSecretAsync(secret, cancellationToken);
        }

        GitHubApp? app = null;
        if (problem is null && github.Access == GitHubAccess.App)
        {
            try
            {
                app = await github.GetAppAsync(cancellationToken);
            }
            catch (GitHubException e)
            {
                problem = e.Message;
                if (Interlocked.Exchange(ref warned, problem) != problem)
                {
                    LogProblem(problem);
                }
            }
        }

        var access = github.Access;
        if (access == GitHubAccess.None && problem is null)
        {
            // What this process told is untrue by now; what another one told ends by itself.
            await (isTold ? links.RemoveAsync(cancellationToken) : links.SaveAsync(null, cancellationToken));
            isTold = false;
            return;
        }

        await links.SaveAsync(
            new GitHubConnectionInfo(
                access switch { GitHubAccess.App => "app", GitHubAccess.Token => "token", _ => "none" },
                app?.Slug ?? (access == GitHubAccess.Token ? "codex" : null),
                app?.HtmlUrl,
                github.ApiUrl.AbsoluteUri,
                default,
                problem),
            cancellationToken);
        isTold = access != GitHubAccess.None;
    }

    /// <summary>Tries it when other credentials are used than at the last look, or a minute has passed.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var (generation, now) = (github.Generation, time.GetUtcNow());
        if (generation != told || now >= next)
        {
            (told, next) = (generation, now + Interval);
            await WriteAsync(null, cancellationToken);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => PeriodicWork.RunAsync(LookInterval, time, LookAsync, e => LogFailed(e.Message), stoppingToken);

    [LoggerMessage(LogLevel.Warning, "GitHub does not take the App's credentials: {Reason}")]
    private partial void LogProblem(string reason);

    [LoggerMessage(LogLevel.Warning, "How the service stands with GitHub could not be stored ({Reason}); tried again within a minute")]
    private partial void LogFailed(string reason);
}
