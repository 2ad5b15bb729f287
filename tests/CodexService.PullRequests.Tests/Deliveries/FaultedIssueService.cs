using System.Reflection;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.FollowUps;
using CodexService.PullRequests.Forges;
using CodexService.PullRequests.Opening;
using CodexService.PullRequests.Pending;
using CodexService.PullRequests.Reporting;
using CodexService.Testing;
using CodexService.Testing.GitHub;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.PullRequests.Tests.Deliveries;

/// <summary>The pull-request service under faults. Composed once: most of what a start costs is the same each time.</summary>
public sealed class FaultedIssueService : IAsyncLifetime
{
    private readonly EmulatedWorld world;
    private IGitHub? connection;

    /// <summary>Composes it.</summary>
    public FaultedIssueService(EmulatedWorld world)
    {
        this.world = world;
        Tasks = new TaskServices(world.Services.Database, Compose);
    }

    internal TaskServices Tasks { get; }

    /// <summary>Forgets what a process knows of GitHub: tokens, answers, limits, how much was written.</summary>
    internal void Restart()
    {
        (connection as IDisposable)?.Dispose();
        connection = null;
    }

    /// <inheritdoc/>
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        Restart();
        await Tasks.DisposeAsync();
    }

    private void Compose(IServiceCollection collection)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["GITHUB_API_URL"] = world.Emulator.Api.AbsoluteUri,
            ["CODEX_GITHUB_APP_ID"] = EmulatorFixture.AppId,
            ["CODEX_GITHUB_APP_KEY"] = world.Emulator.AppKey.ExportPkcs8PrivateKeyPem(),
            ["GitHub:Retries"] = "1",
            ["GitHub:RequestTimeout"] = "00:05:00",
            ["GitHub:RetryDelay"] = "00:00:00.001",
            ["GitHub:LongestRetryDelay"] = "00:00:01",
            ["Repositories:Folder"] = Path.Combine(world.Folder, "faulted"),
            ["Repositories:ListTimeout"] = "00:05:00",
        }).Build();
        collection.AddSingleton<IConfiguration>(configuration);
        collection.AddGitHub(configuration, world.Folder);
        var github = collection.Single(service => service.ServiceType == typeof(IGitHub)).ImplementationFactory!;
        collection.AddSingleton(provider => Restarted.Of(() => connection ??= (IGitHub)github(provider)));
        collection.AddForges();
        collection.AddSingleton<OneAtATime>();
        collection.AddSingleton<PullRequestOpener>();
        collection.AddFollowUps();
        collection.AddDeliveries();
        collection.AddGitHubReporting();
    }

    private class Restarted : DispatchProxy
    {
        private Func<IGitHub>? current;

        public static IGitHub Of(Func<IGitHub> current)
        {
            var proxy = Create<IGitHub, Restarted>();
            ((Restarted)(object)proxy).current = current;
            return proxy;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Invoke(current!(), args);
    }
}
