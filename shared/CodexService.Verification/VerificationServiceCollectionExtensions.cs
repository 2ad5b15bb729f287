using CodexService.Verification.Workspaces;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CodexService.Verification;

/// <summary>Registers what prepares workspaces and proves patches.</summary>
public static class VerificationServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IPatchVerifier"/> and <see cref="WorkspacePreparer"/>.</summary>
    public static IServiceCollection AddVerification(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<WorkspacePreparer>();
        services.TryAddSingleton<IPatchVerifier, PatchVerifier>();
        return services;
    }
}
