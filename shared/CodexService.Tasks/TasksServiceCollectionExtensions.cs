using CodexService.Tasks.AccessTokens;
using CodexService.Tasks.Budgets;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.Events;
using CodexService.Tasks.FollowUps;
using CodexService.Tasks.GitHubLink;
using CodexService.Tasks.Leases;
using CodexService.Tasks.Origins;
using CodexService.Tasks.Outbox;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.Reading;
using CodexService.Tasks.Reviews;
using CodexService.Tasks.Steering;
using CodexService.Tasks.Rounds;
using CodexService.Tasks.Turns;
using CodexService.Tasks.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CodexService.Tasks;

/// <summary>Registers the task store.</summary>
public static class TasksServiceCollectionExtensions
{
    /// <summary>
    /// Adds tasks, leases, the event log and the outbox on PostgreSQL. Calling it again changes nothing, so that each
    /// module of a combined host can ask for it.
    /// </summary>
    /// <param name="services">Services.</param>
    /// <param name="connectionString">A PostgreSQL connection string.</param>
    public static IServiceCollection AddTasks(this IServiceCollection services, string connectionString)
    {
        if (services.Any(service => service.ServiceType == typeof(TaskStore)))
        {
            return services;
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(_ => NpgsqlDataSource.Create(connectionString));
        services.AddPooledDbContextFactory<TasksDbContext>((provider, options) => options
            .UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>())

            // Migrations are written by hand without a model snapshot; a test compares the database with the model.
            // What the model itself makes doubtful is an error of ours, and no line for every start of a service.
            .ConfigureWarnings(warnings => warnings
                .Ignore(RelationalEventId.PendingModelChangesWarning)
                .Throw(RelationalEventId.BoolWithDefaultWarning)));
        services.AddSingleton<TaskChangeSignal>();
        services.AddSingleton<TaskStore>();
        services.AddOptions<LeaseOptions>().BindConfiguration(LeaseOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<AttemptLeases>();
        services.AddSingleton<AttemptTurns>();
        services.AddSingleton<TaskSteering>();
        services.AddSingleton<TaskRounds>();
        services.AddSingleton<PullRequestReviews>();
        services.AddSingleton<ReviewReader>();
        services.AddOptions<BudgetOptions>().BindConfiguration(BudgetOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<BudgetOptions>, BudgetOptionsValidator>();
        services.AddSingleton<UserBudgets>();
        services.AddSingleton<DeliveryStore>();
        services.AddSingleton<PendingFollowUps>();
        services.AddSingleton<DeliveryReader>();
        services.AddSingleton<GitHubLinks>();
        services.AddSingleton<TaskReader>();
        services.AddSingleton<AttemptReader>();
        services.AddSingleton<ITaskOrigins, StoredTaskOrigins>();
        services.AddSingleton<KnownWorkers>();
        services.AddSingleton<TaskAdmission>();
        services.AddSingleton<AccessTokenStore>();
        services.AddSingleton<BrowserSessions>();
        services.AddHostedService<TaskChangeRelay>();
        services.AddHostedService<OutboxDispatcher>();
        return services;
    }

    /// <summary>Adds the search for attempts whose worker stopped answering.</summary>
    public static IServiceCollection AddStuckAttemptRescue(this IServiceCollection services)
    {
        services.AddSingleton<StuckAttemptRescuer>();
        services.AddHostedService(provider => provider.GetRequiredService<StuckAttemptRescuer>());
        return services;
    }
}
