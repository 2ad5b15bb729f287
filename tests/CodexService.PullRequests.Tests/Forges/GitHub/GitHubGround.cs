using System.Globalization;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Forges;
using CodexService.Repositories;
using CodexService.Repositories.Merging;
using CodexService.Testing;
using CodexService.Testing.GitHub;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.PullRequests.Tests.Forges.GitHub;

/// <summary>A new repository on the emulated GitHub, reached as the App.</summary>
internal sealed class GitHubGround : ForgeGround
{
    private readonly EmulatorFixture emulator;
    private readonly IReadOnlyDictionary<string, string?> settings;
    private readonly DirectoryInfo cache = Directory.CreateTempSubdirectory("codex-test-cache-");
    private ServiceProvider services;

    private GitHubGround(EmulatorFixture emulator, string repository, TestRepository work, IReadOnlyDictionary<string, string?> settings)
    {
        (this.emulator, Repository, Work, this.settings) = (emulator, repository, work, settings);
        Address = RepositoryAddress.Parse(emulator.CloneUrl(repository));
        services = Services();
    }

    public override IForge Forge => ForgeOf(Address);

    public override RepositoryAddress Address { get; }

    public override bool LeavesHeldOut => true;

    public override bool KnowsAccounts => true;

    public string Repository { get; }

    public EmulatorControl Control => emulator.Control;

    public IGitHubRepository Calls => services.GetRequiredService<IGitHub>().Repository(RepositoryName.Parse(Repository));

    /// <summary>What happens right before a branch is moved.</summary>
    public Func<Task>? BeforeBranchMoves { get; set; }

    protected override TestRepository Work { get; }

    protected override ConflictedMerges Merges => services.GetRequiredService<ConflictedMerges>();

    protected override string CacheFolder => cache.FullName;

    public static async Task<GitHubGround> CreateAsync(EmulatorFixture emulator, (string Path, string Content)[] files, params (string Name, string? Value)[] settings)
    {
        var repository = $"acme/forge-{Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..10]}";
        await emulator.Control.CreateRepositoryAsync(repository, files.ToDictionary(file => file.Path, file => file.Content, StringComparer.Ordinal));
        return new GitHubGround(emulator, repository, await TestRepository.CreateAsync(), settings.ToDictionary(setting => setting.Name, setting => setting.Value, StringComparer.Ordinal));
    }

    public IForge ForgeOf(RepositoryAddress address) => services.GetRequiredService<ForgeSelection>().For(address);

    /// <summary>The service after a restart: nothing but the cache on disk is left of it.</summary>
    public async Task RestartAsync()
    {
        await services.DisposeAsync();
        services = Services();
    }

    /// <summary>Pull requests of the whole repository, oldest first.</summary>
    public async Task<IReadOnlyList<PullRequestInfo>> PullRequestsAsync()
    {
        List<PullRequestInfo> all = [];
        foreach (var branch in (await BranchesAsync()).Keys)
        {
            all.AddRange(await Calls.PullRequests.ListByHeadAsync(branch, default));
        }

        return all;
    }

    public override async Task<IReadOnlyDictionary<string, string>> BranchesAsync() =>
        (await emulator.Control.RefsAsync(Repository)).Where(one => one.Key.StartsWith("refs/heads/", StringComparison.Ordinal))
            .ToDictionary(one => one.Key["refs/heads/".Length..], one => one.Value, StringComparer.Ordinal);

    public override Task<string> PushAsync(string branch, string path, string content) =>
        emulator.Control.PushAsync(Repository, branch, "writer", new Dictionary<string, string?>(StringComparer.Ordinal) { [path] = content });

    public override Task DeleteBranchAsync(string branch) => emulator.Control.DeleteBranchAsync(Repository, branch);

    public override Task RewriteBranchAsync(string branch, string commit) => emulator.Control.MoveBranchAsync(Repository, branch, commit, "writer");

    public override Task FetchAsync() => Work.GitAsync("-c", "credential.helper=", "fetch", "-q", Address.Value, "+refs/heads/*:refs/remotes/origin/*");

    public override async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        Work.Dispose();
        cache.Delete(recursive: true);
    }

    private ServiceProvider Services()
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Repositories:Folder"] = cache.FullName,
            ["Repositories:ListTimeout"] = "00:05:00",
            ["GITHUB_API_URL"] = emulator.Api.AbsoluteUri,
            ["CODEX_GITHUB_APP_ID"] = EmulatorFixture.AppId,
            ["CODEX_GITHUB_APP_KEY"] = emulator.AppKey.ExportPkcs8PrivateKeyPem(),
            ["GitHub:RetryDelay"] = "00:00:00.005",
            ["GitHub:RequestTimeout"] = "00:05:00",
            ["GitHub:Retries"] = "2",
            ["GitHub:ContentWritesPerMinute"] = "79",
        };
        foreach (var (name, value) in settings)
        {
            values[name] = value;
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        var collection = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging();
        collection.AddGitHub(configuration, cache.FullName);
        var github = collection.Single(service => service.ServiceType == typeof(IGitHub)).ImplementationFactory!;
        collection.AddSingleton(provider => BranchMoves.Before((IGitHub)github(provider), () => BeforeBranchMoves?.Invoke() ?? Task.CompletedTask));
        return collection.AddForges().BuildServiceProvider();
    }
}

/// <summary>One emulator for all tests of the forge; each has a repository of its own.</summary>
[CollectionDefinition(Name)]
public sealed class EmulatorTests : ICollectionFixture<EmulatorFixture>
{
    internal const string Name = "github emulator";
}

/// <summary>GitHub does what every forge does.</summary>
[Collection(EmulatorTests.Name)]
public sealed class GitHubForgeConformanceTests(EmulatorFixture emulator) : ForgeConformance
{
    private protected override async Task<ForgeGround> StartAsync(params (string Path, string Content)[] files) => await GitHubGround.CreateAsync(emulator, files);
}
