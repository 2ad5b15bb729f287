using CodexService.Sandbox.Docker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CodexService.Sandbox;

/// <summary>Adds sandboxes to a host.</summary>
public static class SandboxRegistration
{
    /// <summary>
    /// Adds <see cref="ISandboxFactory"/> on the Docker engine, with <see cref="SandboxOptions"/> from section
    /// <c>Sandbox</c>, checked at start.
    /// </summary>
    public static IServiceCollection AddSandbox(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SandboxOptions>()
            .Bind(configuration.GetSection(SandboxOptions.Section))
            .PostConfigure(options => options.DockerHost = FirstFilled(options.DockerHost, configuration["DOCKER_HOST"]))
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SandboxOptions>, SandboxOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ISandboxFactory>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<SandboxOptions>>().Value;
            var time = provider.GetRequiredService<TimeProvider>();
            var engine = new DockerEngine(DockerEndpoint.Parse(options.DockerHost ?? DockerEndpoint.Default), time);
            return new DockerSandboxFactory(engine, options, time, provider.GetRequiredService<ILogger<DockerSandboxFactory>>());
        });
        return services;
    }

    private static string? FirstFilled(params ReadOnlySpan<string?> values)
    {
        foreach (var value in values)
        {
            if (!string.IsNullOrWhiteSpace(value))
            {
                return value;
            }
        }

        return null;
    }
}
