using CodexService.ServiceDefaults;
using CodexService.ServiceDefaults.Configuration;
using CodexService.ServiceDefaults.Messaging;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CodexService.Api.Tests.Hosting;

/// <summary>The API as its program composes it, on real Kestrel at a free port, with the in-memory bus.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private ApiHost(WebApplication app, RecordedLog log, string? firstToken)
    {
        this.app = app;
        Log = log;
        FirstToken = firstToken;
    }

    public Uri Address => new(app.Urls.Single());

    public RecordedLog Log { get; }

    /// <summary>The token that a first start makes; <see langword="null"/> at later starts.</summary>
    public string? FirstToken { get; }

    public static async Task<ApiHost> StartAsync(string database, string folder, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Configuration.AddInMemoryCollection(settings
            .Append(("Repositories:Folder", Path.Combine(folder, "repositories")))
            .Append(("Repositories:ListTimeout", "00:03:00"))
            .Select(setting => KeyValuePair.Create(setting.Item1, (string?)setting.Item2)));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults();
        builder.Services.AddCodexApi(database);
        builder.Services.AddBus(new CodexOptions { Database = database, Data = folder, Port = 0, Brain = "auto" });

        // The console stays quiet; the record sees everything, also what the product's own filters leave out.
        var log = new RecordedLog();
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(log);
        builder.Logging.SetMinimumLevel(LogLevel.Trace);
        builder.Services.Configure<LoggerFilterOptions>(options => options.Rules.Add(new LoggerFilterRule(typeof(RecordedLog).FullName, null, LogLevel.Trace, null)));

        var built = builder.Build();
        built.MapCodexApi();
        try
        {
            var token = await built.PrepareCodexApiAsync(CancellationToken.None);
            await built.StartAsync();

            // The bus starts beside the host: until it has, the service says that it is not ready.
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3), TimeProvider.System);
            await built.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, limit.Token);
            return new ApiHost(built, log, token);
        }
        catch
        {
            await built.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        await app.StopAsync(limit.Token);
        await app.DisposeAsync();
    }
}
