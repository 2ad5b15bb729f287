using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Pending;
using CodexService.ServiceDefaults.Messaging;

namespace CodexService.PullRequests.Reviewing;

internal static class ReviewingServiceCollectionExtensions
{
    /// <summary>Adds reviews of people's pull requests: who asks for one gets a task, and its result is posted. Needs <see cref="GitHub.Rest.IGitHub"/>.</summary>
    public static IServiceCollection AddReviewing(this IServiceCollection services)
    {
        services.AddPending();
        services.AddSingleton<ITriggerAction, ReviewTasks>();
        services.AddSingleton<ReviewPublisher>();
        services.AddBusConsumer<ReviewFinishedConsumer>("review-finished", prefetch: 4);
        services.AddHostedService<WaitingReviewPoller>();
        return services;
    }
}
