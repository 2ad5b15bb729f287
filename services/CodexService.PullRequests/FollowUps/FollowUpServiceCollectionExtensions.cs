using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Pending;

namespace CodexService.PullRequests.FollowUps;

internal static class FollowUpServiceCollectionExtensions
{
    /// <summary>
    /// Adds what happens on pull requests, and to tasks that are there. Registered before what starts new tasks: the first action that
    /// takes a trigger does it.
    /// </summary>
    public static IServiceCollection AddFollowUps(this IServiceCollection services)
    {
        services.AddPending();
        services.AddSingleton<OurWork>();
        services.AddSingleton<CheckFixes>();
        services.AddSingleton<PullRequestFollower>();
        services.AddSingleton<ConflictResolutions>();
        services.AddSingleton<ITriggerAction, TaskCommands>();
        services.AddSingleton<ITriggerAction, Approvals>();
        services.AddSingleton<ITriggerAction, FeedbackAction>();
        services.AddSingleton<ITriggerAction, PullRequestTasks>();
        services.AddSingleton<ITriggerAction>(provider => provider.GetRequiredService<CheckFixes>());
        services.AddSingleton<ITriggerAction>(provider => provider.GetRequiredService<PullRequestFollower>());
        services.AddSingleton<ITriggerAction, BaseMoves>();
        services.AddSingleton<OpenPullRequestPoller>();
        services.AddHostedService(provider => provider.GetRequiredService<OpenPullRequestPoller>());
        services.AddSingleton<PendingFollowUpPoller>();
        services.AddHostedService(provider => provider.GetRequiredService<PendingFollowUpPoller>());
        return services;
    }
}
