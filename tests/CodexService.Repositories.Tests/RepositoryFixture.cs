using CodexService.Repositories.Caching;
using CodexService.Repositories.Checkout;
using CodexService.Repositories.Git;
using CodexService.Repositories.Inspection;
using CodexService.Repositories.Merging;
using CodexService.Repositories.Publishing;
using Microsoft.Extensions.Options;

namespace CodexService.Repositories.Tests;

/// <summary>The parts under test on a cache folder of their own.</summary>
internal sealed class RepositoryFixture : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("codex-test-cache-");

    public RepositoryFixture(Action<RepositoryOptions>? configure = null)
    {
        Options = new RepositoryOptions { Folder = _folder.FullName, ListTimeout = TimeSpan.FromMinutes(3) };
        configure?.Invoke(Options);
        var options = Microsoft.Extensions.Options.Options.Create(Options);
        Git = new GitRunner(options, TimeProvider.System);
        Cache = new RepositoryCache(Git, options, TimeProvider.System, new NoReadCredentials());
        Checkout = new RepositoryCheckout(Git, Cache, options);
        Inspector = new RepositoryInspector(Git, Cache);
        Merges = new ConflictedMerges(Git, Cache);
        Trees = new PatchedTrees(Git, Cache, Merges, options);
        Publisher = new BranchPublisher(Git, Cache, Merges, Trees, options);
        Merger = new BranchMerger(Git, Cache, options, TimeProvider.System);
    }

    public RepositoryOptions Options { get; }

    public GitRunner Git { get; }

    public RepositoryCache Cache { get; }

    public RepositoryCheckout Checkout { get; }

    public RepositoryInspector Inspector { get; }

    public ConflictedMerges Merges { get; }

    public BranchPublisher Publisher { get; }

    public BranchMerger Merger { get; }

    public PatchedTrees Trees { get; }

    public void Dispose()
    {
        if (Directory.Exists(_folder.FullName))
        {
            _folder.Delete(recursive: true);
        }
    }
}
