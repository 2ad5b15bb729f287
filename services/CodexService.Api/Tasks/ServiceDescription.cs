using System.Reflection;
using CodexService.Contracts.Api;
using CodexService.ServiceDefaults.Configuration;
using Microsoft.Extensions.Options;

namespace CodexService.Api.Tasks;

/// <summary>What this deployment is.</summary>
internal sealed class ServiceDescription(IConfiguration configuration, IOptions<ApiOptions> options)
{
    private static readonly string Version =
        typeof(ServiceDescription).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public ServiceInfo Describe()
    {
        return new ServiceInfo(
            Version,
            "repair",
            configuration["Sandbox:Image"] ?? "codex-service/sandbox:1",
            options.Value.MaxPromptLength,
            options.Value.DefaultTimeoutSeconds);
    }
}
