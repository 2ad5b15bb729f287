using CodexService.Agent.Journal;
using CodexService.Agent.Loop;
using CodexService.Agent.Prompts;
using CodexService.Agent.Tools;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CodexService.Agent;

/// <summary>Registers the model brain.</summary>
public static class ModelAgentServiceCollectionExtensions
{
    /// <summary>Adds the brain that asks a model, with <see cref="AgentOptions"/> from section <c>Agent</c>, checked at start.</summary>
    /// <remarks>The models (<see cref="Models.Calling.IModelCatalog"/>) are registered by the host.</remarks>
    public static IServiceCollection AddModelAgent(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AgentOptions>().Bind(configuration.GetSection(AgentOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<ToolboxOptions>().Bind(configuration.GetSection(ToolboxOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<IToolboxFactory, ToolboxFactory>();
        services.TryAddSingleton<PromptLibrary>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IBrain, ModelAgent>());
        return services;
    }

    /// <summary>Adds <see cref="BundleReplayer"/>, which needs no model.</summary>
    public static IServiceCollection AddBundleReplay(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddModelAgent(configuration);
        services.TryAddSingleton(provider => new BundleReplayer(
            provider.GetRequiredService<IToolboxFactory>(),
            provider.GetRequiredService<PromptLibrary>(),
            provider.GetRequiredService<IOptions<AgentOptions>>(),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
