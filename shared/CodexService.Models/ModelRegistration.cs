using CodexService.Models.Calling;
using CodexService.Models.Configuration;
using CodexService.Models.Diagnosis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CodexService.Models;

/// <summary>Registration of the configured models.</summary>
public static class ModelRegistration
{
    /// <summary>
    /// Adds <see cref="IModelCatalog"/>, <see cref="ModelsOptions"/> and <see cref="ModelDoctor"/> for section <c>Models</c>
    /// and the short names. The settings are checked here; nothing is asked over the network.
    /// </summary>
    /// <exception cref="ServiceDefaults.Configuration.ConfigurationException">A setting is not usable; the message names it and the fix.</exception>
    public static IServiceCollection AddModels(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(ModelsConfiguration.From(configuration));
        services.AddSingleton<ModelCatalog>();
        services.AddSingleton<IModelCatalog>(provider => provider.GetRequiredService<ModelCatalog>());
        services.AddSingleton(provider => new ModelDoctor(
            provider.GetRequiredService<ModelsOptions>(), provider.GetRequiredService<ModelCatalog>(), provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
