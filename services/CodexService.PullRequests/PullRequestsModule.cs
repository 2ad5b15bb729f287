using CodexService.GitHub;
using CodexService.PullRequests.Connecting;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.FollowUps;
using CodexService.PullRequests.Forges;
using CodexService.PullRequests.Merging;
using CodexService.PullRequests.Opening;
using CodexService.PullRequests.Pending;
using CodexService.PullRequests.Reporting;
using CodexService.PullRequests.Reviewing;
using CodexService.ServiceDefaults.Configuration;
using CodexService.ServiceDefaults.Messaging;
using CodexService.SourceAccess;
using CodexService.Tasks;

namespace CodexService.PullRequests;

/// <summary>Turns verified patches into pull requests, and approved pull requests into merges.</summary>
public static class PullRequestsModule
{
    /// <summary>Registers the service.</summary>
    /// <param name="services">Services.</param>
    /// <param name="configuration">Settings; GitHub's credentials among them switch GitHub on.</param>
    /// <param name="database">PostgreSQL connection string.</param>
    /// <exception cref="ServiceDefaults.Configuration.ConfigurationException">A setting of GitHub is not usable.</exception>
    public static IServiceCollection AddPullRequests(this IServiceCollection services, IConfiguration configuration, string database)
    {
        services.AddTasks(database);
        services.AddSourceAccess();
        services.AddPending();
        services.AddSingleton<PullRequestOpener>();
        services.AddSingleton<PullRequestMerger>();
        services.AddBusConsumer<OpenPullRequestConsumer>("open-pull-request", prefetch: 4);
        services.AddBusConsumer<MergePullRequestConsumer>("merge-pull-request", prefetch: 4);
        services.AddHostedService<PendingPullRequestPoller>();
        services.AddGitHub(configuration, CodexOptions.From(configuration).Data);
        services.AddSingleton<ConnectionReport>();
        services.AddHostedService(provider => provider.GetRequiredService<ConnectionReport>());
        services.AddBusConsumer<ConnectGitHubAppConsumer>("connect-github-app", prefetch: 1);
        services.AddBusConsumer<MintReadTokenConsumer>("mint-read-token", prefetch: 16);
        services.AddFollowUps();
        services.AddDeliveries();
        services.AddForges();
        services.AddGitHubReporting();
        services.AddReviewing();
        return services;
    }
}
