using CodexService.PullRequests.Forges;
using CodexService.Repositories;
using CodexService.Repositories.Merging;
using CodexService.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.PullRequests.Tests.Forges;

/// <summary>A repository on this machine and the built-in review.</summary>
internal sealed class LocalGround : ForgeGround
{
    private readonly DirectoryInfo cache = Directory.CreateTempSubdirectory("codex-test-cache-");
    private readonly ServiceProvider services;

    private LocalGround(TestRepository repository)
    {
        Work = repository;
        services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder()
                .AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Repositories:Folder"] = cache.FullName })
                .Build())
            .AddForges()
            .BuildServiceProvider();
        Address = RepositoryAddress.Parse(repository.Path);
    }

    public override IForge Forge => services.GetRequiredService<ForgeSelection>().For(Address);

    public override RepositoryAddress Address { get; }

    public override bool LeavesHeldOut => false;

    protected override TestRepository Work { get; }

    protected override ConflictedMerges Merges => services.GetRequiredService<ConflictedMerges>();

    protected override string CacheFolder => cache.FullName;

    public static async Task<ForgeGround> CreateAsync(params (string Path, string Content)[] files) => new LocalGround(await TestRepository.CreateAsync(files));

    public override async Task<IReadOnlyDictionary<string, string>> BranchesAsync() =>
        (await Work.GitAsync("for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

    public override async Task<string> PushAsync(string branch, string path, string content)
    {
        await Work.GitAsync("switch", "-q", branch);
        var commit = await Work.CommitAsync("By hand", (path, content));
        await RestAsync();
        return commit;
    }

    public override Task DeleteBranchAsync(string branch) => branch == "main" ? DeleteMainAsync() : Work.GitAsync("branch", "-q", "-D", branch);

    public override Task RewriteBranchAsync(string branch, string commit) => Work.GitAsync("branch", "-q", "-f", branch, commit);

    public override Task FetchAsync() => Task.CompletedTask;

    public override async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        Work.Dispose();
        cache.Delete(recursive: true);
    }

    protected override Task RestAsync() => Work.GitAsync("switch", "-q", "main");

    private async Task DeleteMainAsync()
    {
        await Work.GitAsync("switch", "-q", "-c", "other");
        await Work.GitAsync("branch", "-q", "-D", "main");
    }
}

/// <summary>The built-in review does what every forge does.</summary>
public sealed class LocalForgeConformanceTests : ForgeConformance
{
    private protected override Task<ForgeGround> StartAsync(params (string Path, string Content)[] files) => LocalGround.CreateAsync(files);
}
