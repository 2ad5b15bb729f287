using CodexService.ServiceDefaults.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CodexService.ServiceDefaults;

/// <summary>What every host of the service has in common.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Adds the clock, one-line console logs and telemetry.</summary>
    public static IHostApplicationBuilder AddServiceDefaults(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("MassTransit", LogLevel.Warning);

        // These tell as errors what is handled: the first look at an empty database, keys that nothing here uses, a missing token.
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.Logging.AddFilter("CodexService.Api.Access.TokenAuthentication", LogLevel.Warning);
        builder.AddTelemetry();
        return builder;
    }

    /// <summary>Checks every setting; call it before anything outside of the process is touched, so that a wrong one is told alone.</summary>
    /// <exception cref="OptionsValidationException">A setting is wrong; <see cref="AggregateException"/> for several sections.</exception>
    public static void ValidateSettings(this IServiceProvider services) => services.GetService<IStartupValidator>()?.Validate();
}
