using CodexService.Contracts.Messages;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.Tasks.GitHubLink;
using MassTransit;

namespace CodexService.PullRequests.Connecting;

/// <summary>Exchanges the code of an App that a person made from the dashboard, and uses the App from then on.</summary>
internal sealed partial class ConnectGitHubAppConsumer(IGitHub github, GitHubLinks links, ConnectionReport report, ILogger<ConnectGitHubAppConsumer> logger) : IConsumer<ConnectGitHubApp>
{
    public async Task Consume(ConsumeContext<ConnectGitHubApp> context)
    {
        if (await links.TakeManifestCodeAsync(context.Message.State, context.CancellationToken) is not { } taken)
        {
            return;
        }

        string? problem = null;
        try
        {
            var connected = await github.ConnectAppAsync(taken.Code, taken.PublicUrl, context.CancellationToken);
            LogConnected(connected.App.Slug);
        }
        catch (GitHubException e) when (e.Failure == GitHubFailure.Conflict)
        {
            // The one that is connected has no problem.
            LogFailed(e.Message);
        }
        catch (GitHubException e)
        {
            problem = $"the App could not be connected: {e.Message}; begin again";
            LogFailed(e.Message);
        }
        catch (IOException e)
        {
            problem = $"the App's credentials could not be stored: {e.Message}; make the data folder writable, delete the App on GitHub and begin again";
            LogFailed(e.Message);
        }

        await report.WriteAsync(problem, context.CancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "GitHub App {Slug} is connected")]
    private partial void LogConnected(string slug);

    [LoggerMessage(LogLevel.Warning, "A GitHub App could not be connected: {Reason}")]
    private partial void LogFailed(string reason);
}
