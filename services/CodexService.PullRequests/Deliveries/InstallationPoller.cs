using CodexService.GitHub.Rest;
using CodexService.PullRequests.Pending;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Deliveries;

/// <summary>Asks GitHub every hour where the App is installed.</summary>
internal sealed class InstallationPoller(
    Installations installations, IGitHub github, IDbContextFactory<TasksDbContext> contexts, TimeProvider time, ILogger<InstallationPoller> logger)
    : GitHubPoller("installations", "Asking GitHub where the App is installed", TimeSpan.FromHours(1), github, contexts, time, logger)
{
    protected override Task AskAsync(CancellationToken cancellationToken) => installations.LookAsync(cancellationToken);
}
