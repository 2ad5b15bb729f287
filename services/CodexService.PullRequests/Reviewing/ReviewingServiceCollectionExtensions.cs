using CodexService.GitHub.Rest;
using CodexService.PullRequests.Pending;
using CodexService.ServiceDefaults.Messaging;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Reviewing;

/// <summary>Registers reviews of people's pull requests.</summary>
internal static class ReviewingServiceCollectionExtensions
{
    /// <summary>Adds what posts reviews. It does nothing unless the services hold an <see cref="IGitHub"/>.</summary>
    public static IServiceCollection AddReviewPublishing(this IServiceCollection services)
    {
        services.AddSingleton(provider => new ReviewPublisher(
            provider.GetService<IGitHub>(),
            provider.GetRequiredService<IDbContextFactory<TasksDbContext>>(),
            provider.GetRequiredService<TaskStore>(),
            provider.GetRequiredService<OneAtATime>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ReviewPublisher>>()));
        services.AddBusConsumer<ReviewFinishedConsumer>("review-finished", prefetch: 4);
        services.AddHostedService<WaitingReviewPoller>();
        return services;
    }
}
