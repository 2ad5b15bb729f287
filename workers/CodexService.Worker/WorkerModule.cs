using CodexService.Repair;
using CodexService.Repositories;
using CodexService.Sandbox;
using CodexService.ServiceDefaults.Configuration;
using CodexService.ServiceDefaults.Messaging;
using CodexService.Tasks;
using CodexService.Verification;
using CodexService.Worker.Attempts;
using CodexService.Worker.Brains;
using CodexService.Worker.Doorbell;
using CodexService.Worker.Orphans;
using CodexService.Worker.Slots;

namespace CodexService.Worker;

/// <summary>Claims attempts and runs them in sandboxes.</summary>
public static class WorkerModule
{
    /// <summary>Registers the worker.</summary>
    /// <param name="services">Services.</param>
    /// <param name="configuration">Sections <c>Worker</c>, <c>Sandbox</c>, <c>Repositories</c>, <c>Verification</c>.</param>
    /// <param name="database">PostgreSQL connection string.</param>
    public static IServiceCollection AddWorker(this IServiceCollection services, IConfiguration configuration, string database)
    {
        if (CodexOptions.From(configuration).Brain == "model")
        {
            throw new ConfigurationException("CODEX_BRAIN is model, but this version has no model brain: set auto or repair.");
        }

        services.AddTasks(database);
        services.AddRepositories();
        services.AddSandbox(configuration);
        services.AddVerification();
        services.AddRepair();
        services.AddOptions<WorkerOptions>().BindConfiguration(WorkerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<WorkerIdentity>();
        services.AddSingleton<BrainSelector>();
        services.AddSingleton<AttemptSlots>();
        services.AddSingleton<SandboxOpening>();
        services.AddSingleton<AttemptStages>();
        services.AddSingleton<AttemptRunner>();
        services.AddSingleton<AttemptIntake>();
        services.AddSingleton<AttemptDoorbell>();
        services.AddBusConsumer<RunAttemptConsumer>();
        services.AddHostedService<AttemptScheduler>();
        services.AddSingleton<OrphanContainerReaper>();
        services.AddHostedService(provider => provider.GetRequiredService<OrphanContainerReaper>());
        return services;
    }
}
