using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CodexService.PullRequests.Reporting;

internal static class ReportingServiceCollectionExtensions
{
    /// <summary>
    /// Adds what keeps GitHub's view of tasks true; needs <see cref="GitHub.Rest.IGitHub"/>. A <see cref="MentionName"/> that was added before
    /// names the service in what it says.
    /// </summary>
    public static IServiceCollection AddGitHubReporting(this IServiceCollection services)
    {
        services.TryAddSingleton(new MentionName(_ => ValueTask.FromResult(MentionName.Default)));
        services.AddSingleton<TaskStandingReader>();
        services.AddSingleton<CheckRefusals>();
        services.AddSingleton<TaskReporter>();
        services.AddHostedService<ReportDispatcher>();
        return services;
    }
}
