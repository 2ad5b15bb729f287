using CodexService.Sandbox.Docker;
using Microsoft.Extensions.Options;

namespace CodexService.Sandbox;

internal sealed class SandboxOptionsValidator : IValidateOptions<SandboxOptions>
{
    public ValidateOptionsResult Validate(string? name, SandboxOptions options)
    {
        var problems = SandboxLimitRules.Problems(options.ToLimits()).ToList();
        if (string.IsNullOrWhiteSpace(options.Image))
        {
            problems.Add("Sandbox:Image is empty: name an image, for example codex-service/sandbox:1.");
        }

        if (string.IsNullOrWhiteSpace(options.Instance))
        {
            problems.Add("Sandbox:Instance is empty: name this service's sandboxes, for example default.");
        }

        try
        {
            _ = DockerEndpoint.Parse(options.DockerHost ?? DockerEndpoint.Default);
        }
        catch (FormatException e)
        {
            problems.Add($"Sandbox:DockerHost (or DOCKER_HOST): {e.Message}.");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
