using CodexService.Sandbox;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace CodexService.Standalone.Running;

/// <summary>Readiness: whether sandboxes can be made. Without them the service still takes and shows tasks, so it is degraded and not unhealthy.</summary>
internal sealed class SandboxCheck(ISandboxFactory sandboxes, IOptions<SandboxOptions> options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await sandboxes.EnsureReadyAsync(options.Value.Image, cancellationToken);
            return HealthCheckResult.Healthy("Sandboxes can be made");
        }
        catch (SandboxException problem)
        {
            return HealthCheckResult.Degraded(problem.Message);
        }
    }
}

/// <summary>Says at start when no sandbox can be made.</summary>
internal sealed partial class SandboxNotice(ISandboxFactory sandboxes, IOptions<SandboxOptions> options, ILogger<SandboxNotice> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await sandboxes.EnsureReadyAsync(options.Value.Image, stoppingToken);
        }
        catch (SandboxException problem)
        {
            LogNotReady(problem.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Tasks cannot run yet: {Reason}")]
    private partial void LogNotReady(string reason);
}
