using CodexService.PullRequests.Pending;
using CodexService.ServiceDefaults.Messaging;

namespace CodexService.PullRequests.Deliveries;

internal static class DeliveryServiceCollectionExtensions
{
    /// <summary>Adds the handling of GitHub's deliveries; needs <see cref="GitHub.IGitHub"/>.</summary>
    public static IServiceCollection AddDeliveries(this IServiceCollection services)
    {
        services.AddPending();
        services.AddOptions<GitHubTaskOptions>().BindConfiguration(GitHubTaskOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<AppName>();
        services.AddSingleton<RepositorySettings>();
        services.AddSingleton<Installations>();
        services.AddSingleton<Stops>();
        services.AddSingleton<SeenSigns>();
        services.AddSingleton<DeliveryHandler>();
        services.AddSingleton<TaskStarter>();
        services.AddSingleton<ITriggerAction, Issues.IssueTasks>();
        services.AddBusConsumer<HandleDeliveryConsumer>("handle-delivery", prefetch: 4);
        services.AddHostedService<WaitingDeliveryPoller>();
        services.AddHostedService<InstallationPoller>();
        services.AddSingleton<MissedDeliveryPoller>();
        services.AddHostedService(provider => provider.GetRequiredService<MissedDeliveryPoller>());
        return services;
    }
}
