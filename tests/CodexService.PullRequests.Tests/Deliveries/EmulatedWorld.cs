using System.Text.Json;
using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.PullRequests.Connecting;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.FollowUps;
using CodexService.PullRequests.Forges;
using CodexService.PullRequests.Pending;
using CodexService.Tasks.Deliveries;
using CodexService.Testing;
using CodexService.Testing.GitHub;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.PullRequests.Tests.Deliveries;

/// <summary>The emulated GitHub with the App on it, and the pull-request service's handling of deliveries on a real database.</summary>
public sealed class EmulatedWorld : IAsyncLifetime
{
    private static int last;
    private readonly PostgresFixture postgres = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("codex-test-deliveries-");
    private TaskServices? services;

    internal EmulatorFixture Emulator { get; } = new();

    internal TaskServices Services => services!;

    internal string Folder => folder.FullName;

    public async Task InitializeAsync()
    {
        await Emulator.InitializeAsync();
        services = new TaskServices(await postgres.CreateDatabaseAsync(), Configure);
    }

    public async Task DisposeAsync()
    {
        await Services.DisposeAsync();
        await Emulator.DisposeAsync();
        await postgres.DisposeAsync();
        folder.Delete(recursive: true);
    }

    /// <summary>A repository of its own for a test, with tests that can be guessed.</summary>
    internal Task<string> RepositoryAsync(params (string Path, string Content)[] files) =>
        RepositoryWithAsync([("test_a.py", "def test_a():\n    assert True\n"), .. files]);

    /// <summary>A repository of its own for a test, with these files alone.</summary>
    internal async Task<string> RepositoryWithAsync(params (string Path, string Content)[] files)
    {
        var name = $"acme/r{Interlocked.Increment(ref last)}";
        var content = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, text) in files)
        {
            content[path] = text;
        }

        await Emulator.Control.CreateRepositoryAsync(name, content);
        await Emulator.Control.AddPersonAsync("ann", "ghp_ann");
        await Emulator.Control.AllowAsync(name, "ann", "push");
        return name;
    }

    /// <summary>Opens an issue that bears the label, and returns its number.</summary>
    internal async Task<int> LabeledIssueAsync(string repository, string login, string title, string body)
    {
        var number = await Emulator.OpenIssueAsync(repository, login, title, body);
        await Emulator.SendAsync("ann", HttpMethod.Post, $"repos/{repository}/issues/{number}/labels", new { labels = new[] { "codex" } });
        return number;
    }

    /// <summary>Hands what happened last over, under an id of its own, and has it handled.</summary>
    internal async Task<Delivery> DeliverAsync(string name, object payload)
    {
        var id = Guid.NewGuid().ToString();
        await Services.Get<DeliveryStore>().AddAsync(new Delivery { Id = id, Event = name, Body = JsonSerializer.SerializeToUtf8Bytes(payload) }, default);
        var handled = await HandleAsync(id);
        while (handled is { State: DeliveryState.Received, Decision: DeliveryHandler.Busy })
        {
            await Sql.ExecuteAsync(Services.Database, $"UPDATE deliveries SET held_until = NULL WHERE id = '{id}' AND decision = '{DeliveryHandler.Busy}'");
            handled = await HandleAsync(id);
        }

        return handled;
    }

    internal async Task<Delivery> HandleAsync(string id)
    {
        await Services.Get<DeliveryHandler>().HandleAsync(id, default);
        await using var db = await Services.Contexts.CreateDbContextAsync();
        return await db.Deliveries.AsNoTracking().SingleAsync(d => d.Id == id);
    }

    /// <summary>What people read on an issue.</summary>
    internal async Task<List<string>> CommentsAsync(string repository, int number) =>
        [.. (await Emulator.SendAsync("ann", HttpMethod.Get, $"repos/{repository}/issues/{number}/comments")).EnumerateArray().Select(comment => comment.GetProperty("body").GetString()!)];

    private void Configure(IServiceCollection collection)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["GITHUB_API_URL"] = Emulator.Api.AbsoluteUri,
            ["CODEX_GITHUB_APP_ID"] = EmulatorFixture.AppId,
            ["CODEX_GITHUB_APP_KEY"] = Emulator.AppKey.ExportPkcs8PrivateKeyPem(),
            ["GitHub:RetryDelay"] = "00:00:00.010",
            ["GitHub:RequestTimeout"] = "00:05:00",
            ["Repositories:Folder"] = folder.FullName,
            ["Repositories:ListTimeout"] = "00:05:00",
        }).Build();
        collection.AddSingleton<IConfiguration>(configuration);
        collection.AddGitHub(configuration, folder.FullName);
        collection.AddForges();
        collection.AddPending();
        collection.AddFollowUps();
        collection.AddSingleton<ConnectionReport>();
        collection.AddDeliveries();
    }
}

/// <summary>One world for all tests on it; each works in a repository of its own.</summary>
[CollectionDefinition(Name)]
public sealed class EmulatedWorldTests : ICollectionFixture<EmulatedWorld>
{
    internal const string Name = "deliveries on the emulated GitHub";
}
