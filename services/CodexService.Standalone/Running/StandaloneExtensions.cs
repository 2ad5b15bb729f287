using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using CodexService.Contracts.Local;
using CodexService.ServiceDefaults.Configuration;
using CodexService.Standalone.Data;
using CodexService.Standalone.Database;
using CodexService.Tasks.AccessTokens;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Console;

namespace CodexService.Standalone.Running;

/// <summary>What this host adds to the parts that it combines.</summary>
internal static class StandaloneExtensions
{
    // Together with the database's own end this stays within the ten seconds that service managers give.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(7);

    /// <summary>Settings that fit one process on one machine; what is configured explicitly wins.</summary>
    public static void AddStandalone(this WebApplicationBuilder builder, CodexOptions options)
    {
        SetDefault(builder, "Repositories:Folder", Path.Combine(options.Data, "repositories"));

        // Services on one engine must not take each other's sandboxes for orphans.
        SetDefault(builder, "Sandbox:Instance", "standalone-" + Fingerprint(options.Database ?? options.Data));
        if (string.IsNullOrWhiteSpace(builder.Configuration["urls"]))
        {
            RequireFreePort(options.Port);
            builder.WebHost.UseUrls($"http://127.0.0.1:{options.Port}");
        }

        // stdout is for the few lines that people and the command line read.
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopLimit);

        // A degraded check was told at start and is shown to whoever asks; not again at every probe.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Error);
        builder.Services.AddHealthChecks().AddCheck<SandboxCheck>("sandbox", tags: ["ready"]);
        builder.Services.AddHostedService<SandboxNotice>();
        if (builder.Configuration.GetValue<bool>(InputWatch.Setting))
        {
            builder.Services.AddHostedService<InputWatch>();
        }
    }

    /// <summary>Runs until the process is told to stop, with the service announced in the data folder meanwhile.</summary>
    /// <exception cref="StandaloneException">The private database ended before.</exception>
    public static async Task RunStandaloneAsync(
        this WebApplication app, DataFolderClaim claim, StandaloneDatabase database, string? firstToken)
    {
        var token = await OwnerToken.EnsureAsync(
            claim.Folder, firstToken, app.Services.GetRequiredService<AccessTokenStore>(), CancellationToken.None);
        await app.StartAsync();
        var url = AddressOf(app);
        claim.Announce(new RunningService(url, Environment.ProcessId, app.Services.GetRequiredService<TimeProvider>().GetUtcNow())
        {
            ProcessStart = ProcessStart.Of(Environment.ProcessId),
        });
        Greet(claim.Folder, url, token);
        try
        {
            var stopped = app.WaitForShutdownAsync();
            if (await Task.WhenAny(stopped, database.Exited) != stopped && !app.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                await app.StopAsync();
                throw new StandaloneException("The private PostgreSQL server ended unexpectedly, so the service stopped. Nothing that was stored is lost: start it again.");
            }

            await stopped;
        }
        finally
        {
            claim.Withdraw();
            await app.DisposeAsync();
        }
    }

    private static void Greet(DataFolder folder, string url, string? token)
    {
        if (token is null)
        {
            Console.WriteLine($"The API token is in {folder.TokenFile}");
        }
        else
        {
            Console.WriteLine($"API token, shown only now and kept in {folder.TokenFile}: {token}");
            Console.WriteLine($"Sign in: {url}/sign-in#token={token}");
        }

        // Last, because readers take it as the signal.
        Console.WriteLine($"Codex service is ready at {url}");
    }

    /// <summary>The address for clients on this machine, whatever is listened on.</summary>
    private static string AddressOf(WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var address = addresses.FirstOrDefault(one => one.StartsWith("http://", StringComparison.Ordinal)) ?? addresses.FirstOrDefault()
            ?? throw new StandaloneException("The service listens nowhere: check ASPNETCORE_URLS and the section Kestrel.");
        var uri = new UriBuilder(address);
        if (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)))
        {
            uri.Host = "127.0.0.1";
        }

        return uri.Uri.GetLeftPart(UriPartial.Authority);
    }

    /// <summary>Told before the database starts instead of after it.</summary>
    private static void RequireFreePort(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
        }
        catch (SocketException problem)
        {
            var what = problem.SocketErrorCode == SocketError.AddressAlreadyInUse ? "is taken by another program" : $"cannot be used ({problem.Message})";
            throw new StandaloneException($"Port {port} on 127.0.0.1 {what}: set CODEX_PORT to a free port, or stop what listens there.", problem);
        }
    }

    private static void SetDefault(WebApplicationBuilder builder, string key, string value)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration[key]))
        {
            builder.Configuration[key] = value;
        }
    }

    private static string Fingerprint(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
}
