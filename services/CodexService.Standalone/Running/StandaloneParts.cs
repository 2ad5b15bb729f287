using CodexService.Api;
using CodexService.PullRequests;
using CodexService.ServiceDefaults;
using CodexService.ServiceDefaults.Configuration;
using CodexService.ServiceDefaults.Messaging;
using CodexService.Worker;

namespace CodexService.Standalone.Running;

/// <summary>The parts of the service, in one list for whoever runs it and for whoever examines its settings: each refuses what it cannot use.</summary>
internal static class StandaloneParts
{
    /// <summary>Stands for a database where none is asked for anything.</summary>
    public const string NoDatabase = "Host=unused";

    /// <summary>
    /// Puts the parts together once without starting anything, so that a setting that one of them cannot use is refused before the
    /// private database is started for it.
    /// </summary>
    public static async Task RefuseBadSettingsAsync(string[] args, CodexOptions options)
    {
        var builder = WebApplication.CreateBuilder(args);
        foreach (var part in Of(builder, options, NoDatabase))
        {
            part.Add();
        }

        // What the parts log is said by the ones that run.
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        foreach (var step in Finish(app))
        {
            step.Add();
        }
    }

    /// <summary>What is registered, in this order.</summary>
    public static IReadOnlyList<StandalonePart> Of(WebApplicationBuilder builder, CodexOptions options, string database) =>
    [
        new("settings", () => builder.AddServiceDefaults()),
        new("settings", () => builder.Services.AddCodexApi(database)),
        new("models", () => builder.Services.AddWorker(builder.Configuration, database)),
        new("github", () => builder.Services.AddPullRequests(builder.Configuration, database)),
        new("settings", () => builder.Services.AddBus(options)),
    ];

    /// <summary>What is done with the built application before it starts, in this order.</summary>
    public static IReadOnlyList<StandalonePart> Finish(WebApplication app) =>
    [
        new("settings", app.Services.ValidateSettings),
        new("webhooks", () => app.MapCodexApi()),
    ];
}

/// <summary>One part.</summary>
/// <param name="Name">What its settings are about, for people.</param>
/// <param name="Add">Adds it; throws when a setting cannot be used.</param>
internal sealed record StandalonePart(string Name, Action Add);
