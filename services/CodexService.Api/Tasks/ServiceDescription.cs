using System.Reflection;
using CodexService.Contracts.Api;
using CodexService.ServiceDefaults.Configuration;
using CodexService.Tasks.Workers;
using Microsoft.Extensions.Options;

namespace CodexService.Api.Tasks;

/// <summary>What this deployment is.</summary>
internal sealed class ServiceDescription(IConfiguration configuration, KnownWorkers workers, IOptions<ApiOptions> options)
{
    private static readonly string Version =
        typeof(ServiceDescription).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public async Task<ServiceInfo> DescribeAsync(CancellationToken cancellationToken)
    {
        // Models and their keys are the workers' alone; what this process's own settings would choose is told while no worker is up.
        var abilities = await workers.AbilitiesAsync(cancellationToken);
        return new ServiceInfo(
            Version,
            abilities is null ? PreferredBrain() : abilities.AutoIsRepair ? "repair" : "model",
            configuration["Sandbox:Image"] ?? "codex-service/sandbox:1",
            options.Value.MaxPromptLength,
            options.Value.DefaultTimeoutSeconds)
        {
            Models = abilities?.Models ?? Models(),
            HasModel = abilities?.HasModel,
        };
    }

    // As the workers' configuration names them: the model of the short names is called default.
    private List<string> Models()
    {
        string[] signs = ["CODEX_MODEL_URL", "OPENAI_API_KEY", "ANTHROPIC_API_KEY"];
        return
        [
            .. signs.Any(sign => !string.IsNullOrWhiteSpace(configuration[sign])) ? ["default"] : Array.Empty<string>(),
            .. configuration.GetSection("Models:Named").GetChildren().Select(model => model["Name"]).OfType<string>(),
        ];
    }

    private string PreferredBrain()
    {
        string[] signs = ["CODEX_MODEL_URL", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "Models:Named:0:Model"];
        return CodexOptions.From(configuration).Brain switch
        {
            "auto" => signs.Any(sign => !string.IsNullOrWhiteSpace(configuration[sign])) ? "model" : "repair",
            var named => named,
        };
    }
}
