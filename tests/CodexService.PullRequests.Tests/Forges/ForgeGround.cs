using CodexService.PullRequests.Forges;
using CodexService.Repositories;
using CodexService.Repositories.Merging;
using CodexService.Testing;

namespace CodexService.PullRequests.Tests.Forges;

/// <summary>A repository in a forge, and people who work in it beside the service.</summary>
internal abstract class ForgeGround : IAsyncDisposable
{
    public static readonly Guid TaskId = Guid.Parse("01890000-0000-7000-8000-0000deadbeef");
    public static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public abstract IForge Forge { get; }

    public abstract RepositoryAddress Address { get; }

    /// <summary>Whether paths that a person has to approve are left out of what is published; else they are on the branch and marked.</summary>
    public abstract bool LeavesHeldOut { get; }

    /// <summary>Whether people have accounts there, so that commits can name who asked for them.</summary>
    public virtual bool KnowsAccounts => false;

    /// <summary>A work tree with the repository's commits, for making patches and looking at branches.</summary>
    protected abstract TestRepository Work { get; }

    /// <summary>The service's own merges.</summary>
    protected abstract ConflictedMerges Merges { get; }

    /// <summary>The service's copies of repositories.</summary>
    protected abstract string CacheFolder { get; }

    /// <summary>All branches with their commits.</summary>
    public abstract Task<IReadOnlyDictionary<string, string>> BranchesAsync();

    /// <summary>A person commits to a branch.</summary>
    public abstract Task<string> PushAsync(string branch, string path, string content);

    public abstract Task DeleteBranchAsync(string branch);

    /// <summary>A person puts a branch at another commit, whatever it held.</summary>
    public abstract Task RewriteBranchAsync(string branch, string commit);

    /// <summary>Brings the work tree's commits up to date.</summary>
    public abstract Task FetchAsync();

    public async Task<string> HeadAsync(string branch) => (await BranchesAsync())[branch];

    public async Task<string> ShowAsync(string commit, string path)
    {
        await FetchAsync();
        return await Work.GitAsync("show", $"{commit}:{path}");
    }

    public async Task<IReadOnlyList<string>> CommitsAsync(string from, string to)
    {
        await FetchAsync();
        return await CommitsFetchedAsync(from, to);
    }

    /// <summary>As <see cref="CommitsAsync"/>, of what was fetched before.</summary>
    public async Task<IReadOnlyList<string>> CommitsFetchedAsync(string from, string to) =>
        (await Work.GitAsync("rev-list", $"{from}..{to}")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public async Task<string> PatchAsync(string commit, params (string Path, string Content)[] files)
    {
        await FetchAsync();
        await Work.GitAsync("checkout", "-q", "--detach", commit);
        var patch = await Work.PatchAsync(files);
        await RestAsync();
        return patch;
    }

    /// <summary>What a person's <c>git apply</c> of the patch on a commit makes of a file.</summary>
    public async Task<string> ApplyAsync(string commit, string patch, string path)
    {
        await FetchAsync();
        await Work.GitAsync("checkout", "-q", "--detach", commit);
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllTextAsync(file, patch);
        await Work.GitAsync("apply", file);
        File.Delete(file);
        var content = await File.ReadAllTextAsync(Path.Combine(Work.Path, path));
        await Work.GitAsync("clean", "-q", "-f", "-d");
        await Work.GitAsync("reset", "-q", "--hard");
        await RestAsync();
        return content;
    }

    /// <summary>A change of a.py on the present base.</summary>
    public Task<PullRequestDraft> DraftAsync(string content = "two\n", Guid? task = null) => DraftAsync([("a.py", content)], task);

    public async Task<PullRequestDraft> DraftAsync((string Path, string Content)[] files, Guid? task = null)
    {
        var start = await HeadAsync("main");
        return new PullRequestDraft(
            task ?? TaskId,
            Address,
            "main",
            start,
            BranchName.For("Fix add", task ?? TaskId),
            await PatchAsync(start, files),
            "Fix add",
            "What was done.",
            $"Fix add\n\nWhy.\n\nCodex-Task: {task ?? TaskId:D}\nCodex-Brain: repair\n",
            At);
    }

    /// <summary>A change on top of the published one.</summary>
    public async Task<PullRequestMove> FollowUpAsync(PullRequestDraft draft, OpenResult.Opened opened, string content = "three\n") => new(
        opened.Number ?? 1,
        opened.HeadCommit,
        draft with { BaseCommit = opened.HeadCommit, Patch = await PatchAsync(opened.HeadCommit, ("a.py", content)), At = At.AddHours(1) });

    /// <summary>A resolution of the published change's conflicts with a commit of the base, on top of the merge as git leaves it.</summary>
    public async Task<PullRequestMove> ResolutionAsync(PullRequestDraft draft, OpenResult.Opened opened, string tip, params (string Path, string Content)[] files)
    {
        await FetchAsync();
        var merge = await Merges.PrepareAsync(Address, opened.HeadCommit, tip, default);
        await Work.GitAsync("fetch", "-q", Directory.GetDirectories(CacheFolder, "*.git").Single(), merge.Commit);
        var patch = await PatchAsync(merge.Commit, files);
        return new PullRequestMove(
            opened.Number ?? 1, opened.HeadCommit, draft with { BaseCommit = opened.HeadCommit, MergedCommit = tip, Patch = patch, At = At.AddHours(1) });
    }

    public async Task<string[]> ParentsAsync(string commit)
    {
        await FetchAsync();
        return (await Work.GitAsync("log", "-1", "--format=%P", commit)).Trim().Split(' ');
    }

    /// <summary>Whom the trailers of a commit name beside its author.</summary>
    public async Task<string[]> CoAuthorsAsync(string commit)
    {
        await FetchAsync();
        return [.. (await Work.GitAsync("log", "-1", "--format=%(trailers:key=Co-authored-by,valueonly)", commit)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0])];
    }

    public static PullRequestReference Reference(PullRequestDraft draft, OpenResult.Opened opened) =>
        new(draft.TaskId, draft.Repository, draft.BaseBranch, opened.Branch ?? draft.Branch, opened.HeadCommit, draft.Title, opened.Number, At);

    public abstract ValueTask DisposeAsync();

    /// <summary>Leaves the work tree as people expect it.</summary>
    protected virtual Task RestAsync() => Task.CompletedTask;
}
