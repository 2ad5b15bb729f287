using CodexService.PullRequests.Forges;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CodexService.PullRequests.Reporting;

internal static class ReportingServiceCollectionExtensions
{
    /// <summary>Adds what keeps GitHub's view of tasks true; needs <see cref="GitHub.Rest.IGitHub"/> and <see cref="Deliveries.AppName"/>. Without credentials it rests.</summary>
    public static IServiceCollection AddGitHubReporting(this IServiceCollection services)
    {
        services.TryAddSingleton<DashboardAddress>();
        services.AddSingleton<TaskStandingReader>();
        services.AddSingleton<CheckRefusals>();
        services.AddSingleton<RepositoryIdentities>();
        services.AddSingleton<TaskReporter>();
        services.AddHostedService<ReportDispatcher>();
        return services;
    }
}
