using CodexService.Cli.Client;
using Spectre.Console;

namespace CodexService.Cli.Connection;

/// <summary>
/// A connection to a service for one command: to one that is up, else to one that is started for the command and
/// stopped after it. A service that another command had started and stopped meanwhile is replaced by one of ours: tasks
/// live in the data folder, not in the process.
/// </summary>
internal sealed class ServiceSession : IAsyncDisposable
{
    // The service takes a free one and says which: one that is found here may be another program's by then.
    private const int AnyPort = 0;

    private readonly CliEnvironment environment;
    private readonly ServiceFinder finder;
    private readonly HttpClient http;
    private readonly bool mayStart;
    private EmbeddedService? embedded;

    private ServiceSession(CliEnvironment environment, bool mayStart)
    {
        this.environment = environment;
        this.mayStart = mayStart;
        finder = new ServiceFinder(environment);

        // A proxy may stand between here and a service that was named, never between here and this machine.
        http = new HttpClient(new SocketsHttpHandler { UseProxy = finder.IsNamed && !finder.IsLocal, ConnectTimeout = TimeSpan.FromSeconds(5) })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public CodexClient Client { get; private set; } = null!;

    /// <summary>Whether the service ends with this command.</summary>
    public bool IsEmbedded => embedded is not null;

    /// <summary>Connects to a service that is up.</summary>
    /// <exception cref="CliException">None is.</exception>
    public static Task<ServiceSession> ConnectAsync(CliEnvironment environment, CancellationToken cancellationToken) =>
        OpenAsync(environment, mayStart: false, port: null, cancellationToken);

    /// <summary>Whether the service shares this machine's file system, so that local paths mean the same to it.</summary>
    public bool IsLocal => finder.IsLocal;

    /// <summary>Connects to a service that is up, or starts one on <paramref name="port"/> (null: a free one).</summary>
    public static Task<ServiceSession> ConnectOrStartAsync(CliEnvironment environment, int? port, CancellationToken cancellationToken) =>
        OpenAsync(environment, mayStart: true, port, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (embedded is not null)
        {
            await embedded.DisposeAsync();
        }
    }

    private static async Task<ServiceSession> OpenAsync(
        CliEnvironment environment, bool mayStart, int? port, CancellationToken cancellationToken)
    {
        var session = new ServiceSession(environment, mayStart);
        try
        {
            var address = session.finder.Find()
                ?? (mayStart
                    ? await session.StartAsync(port, cancellationToken)
                    : throw new CliException($"No service is up on {environment.Data.Root}. Start it with ./codex up, or name one with {ServiceFinder.UrlSetting}."));
            session.Client = new CodexClient(session.http, address, session.RelocateAsync, environment.Time);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    private async Task<ServiceAddress> StartAsync(int? port, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                embedded = await StartEmbeddedAsync(port, cancellationToken);
                return new ServiceAddress(embedded.Url, finder.Token());
            }
            catch (CliException) when (finder.IsTaken())
            {
                // Another command was faster; its service serves this one, too, once it is ready.
                if (await WaitForOtherAsync(cancellationToken) is { } other)
                {
                    return other;
                }
            }
        }
    }

    private async Task<ServiceAddress?> WaitForOtherAsync(CancellationToken cancellationToken)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(200), environment.Time);
        while (finder.IsTaken())
        {
            if (finder.Find() is { } found)
            {
                return found;
            }

            await tick.WaitForNextTickAsync(cancellationToken);
        }

        return null;
    }

    private async Task<EmbeddedService> StartEmbeddedAsync(int? port, CancellationToken cancellationToken)
    {
        Task<EmbeddedService> Start() => EmbeddedService.StartAsync(
            environment, port ?? AnyPort, static _ => { }, static _ => { }, cancellationToken);
        if (!environment.Error.IsTerminal)
        {
            return await Start();
        }

        return await environment.Error.Console.Status()
            .Spinner(Spinner.Known.Dots)
            .SpinnerStyle(new Style(Color.Blue))
            .StartAsync("Starting the service", _ => Start());
    }

    private async Task<ServiceAddress?> RelocateAsync(CancellationToken cancellationToken)
    {
        if (finder.IsNamed || embedded is { Exited.IsCompleted: false })
        {
            return null;
        }

        if (finder.Find() is { } found)
        {
            return found;
        }

        return mayStart ? await StartAgainAsync(cancellationToken) : null;
    }

    private async Task<ServiceAddress> StartAgainAsync(CancellationToken cancellationToken)
    {
        if (embedded is not null)
        {
            await embedded.DisposeAsync();
            throw new CliException($"The service ended unexpectedly: {embedded.LastError ?? "without a word"}");
        }

        return await StartAsync(port: null, cancellationToken);
    }
}
