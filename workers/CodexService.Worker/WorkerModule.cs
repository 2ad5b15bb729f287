using CodexService.Agent;
using CodexService.Models;
using CodexService.Models.Configuration;
using CodexService.Repair;
using CodexService.Repositories;
using CodexService.Sandbox;
using CodexService.ServiceDefaults.Configuration;
using CodexService.ServiceDefaults.Messaging;
using CodexService.SourceAccess;
using CodexService.Tasks;
using CodexService.Tasks.Workers;
using CodexService.Verification;
using CodexService.Worker.Attempts;
using CodexService.Worker.Brains;
using CodexService.Worker.Doorbell;
using CodexService.Worker.Environments;
using CodexService.Worker.Orphans;
using CodexService.Worker.Slots;

namespace CodexService.Worker;

/// <summary>Claims attempts and runs them in sandboxes.</summary>
public static class WorkerModule
{
    /// <summary>Registers the worker.</summary>
    /// <param name="services">Services.</param>
    /// <param name="configuration">Sections <c>Worker</c>, <c>Sandbox</c>, <c>Repositories</c>, <c>Verification</c>, <c>Models</c>, <c>Agent</c>, <c>Environments</c>.</param>
    /// <param name="database">PostgreSQL connection string.</param>
    public static IServiceCollection AddWorker(this IServiceCollection services, IConfiguration configuration, string database)
    {
        var preferred = CodexOptions.From(configuration).Brain;
        var models = ModelsConfiguration.From(configuration);
        if (preferred == "model" && models.Named.Count == 0)
        {
            throw new ConfigurationException("CODEX_BRAIN is model, but no model is configured: set CODEX_MODEL_URL and CODEX_MODEL, OPENAI_API_KEY or ANTHROPIC_API_KEY, or set CODEX_BRAIN to auto.");
        }

        services.AddTasks(database);
        services.AddSourceAccess();
        services.AddRepositories();
        services.AddSandbox(configuration);
        services.AddVerification();
        services.AddRepair();
        if (models.Named.Count > 0)
        {
            services.AddModels(configuration);
            services.AddModelAgent(configuration);
        }

        services.AddOptions<WorkerOptions>().BindConfiguration(WorkerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(RepositoryEnvironments.From(configuration, models));
        services.AddSingleton<WorkerIdentity>();
        services.AddSingleton(new WorkerAbilities(preferred == "repair", [.. models.Named.Select(model => model.Name).OrderByDescending(name => name == models.Default)]));
        services.AddSingleton<BrainSelector>();
        services.AddHostedService<AbilityAnnouncer>();
        services.AddSingleton<AttemptSlots>();
        services.AddSandboxOpening();
        services.AddSingleton<EarlierRounds>();
        services.AddSingleton<SourceCheckout>();
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
