using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.Tasks.GitHubLink;

namespace CodexService.PullRequests.Connecting;

/// <summary>Tries the way to GitHub at the start and every ten minutes, and stores how it stands for the dashboard.</summary>
internal sealed partial class ConnectionReport(IGitHub github, GitHubLinks links, TimeProvider time, ILogger<ConnectionReport> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

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
                LogProblem(e.Message);
            }
        }

        await links.SaveAsync(
            github.Access == GitHubAccess.None && problem is null
                ? null
                : new GitHubConnectionInfo(
                    github.Access switch { GitHubAccess.App => "app", GitHubAccess.Token => "token", _ => "none" },
                    app?.Slug ?? (github.Access == GitHubAccess.Token ? "codex" : null),
                    app?.HtmlUrl,
                    github.ApiUrl.AbsoluteUri,
                    default,
                    problem),
            cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await WriteAsync(null, stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Warning, "GitHub does not take the App's credentials: {Reason}")]
    private partial void LogProblem(string reason);

    [LoggerMessage(LogLevel.Warning, "How the service stands with GitHub could not be stored ({Reason}); tried again in ten minutes")]
    private partial void LogFailed(string reason);
}
