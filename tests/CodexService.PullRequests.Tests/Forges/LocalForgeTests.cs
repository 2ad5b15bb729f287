using CodexService.PullRequests.Forges;
using CodexService.Repositories;
using CodexService.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.PullRequests.Tests.Forges;

public sealed class LocalForgeTests : IAsyncDisposable
{
    private static readonly Guid Task1 = Guid.Parse("01890000-0000-7000-8000-0000deadbeef");
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly DirectoryInfo _cache = Directory.CreateTempSubdirectory("codex-test-cache-");
    private readonly ServiceProvider _services;
    private readonly IForge _forge;

    public LocalForgeTests()
    {
        _services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder()
                .AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Repositories:Folder"] = _cache.FullName })
                .Build())
            .AddForges()
            .BuildServiceProvider();
        _forge = _services.GetRequiredService<IForge>();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _cache.Delete(recursive: true);
    }

    [Fact]
    public async Task OpenThenMerge_VerifiedPatch_ArrivesOnTheBase()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        var draft = await DraftAsync(repository);

        var opened = Assert.IsType<OpenResult.Opened>(await _forge.OpenAsync(draft, default));
        var again = Assert.IsType<OpenResult.Opened>(await _forge.OpenAsync(draft, default));
        var merged = Assert.IsType<MergeResult.Merged>(await _forge.MergeAsync(Reference(draft, opened), default));
        var mergedAgain = Assert.IsType<MergeResult.Merged>(await _forge.MergeAsync(Reference(draft, opened), default));

        Assert.Equal((opened.HeadCommit, true), (again.HeadCommit, again.Adopted));
        Assert.Equal(merged, mergedAgain);
        Assert.Equal("codex/fix-add-deadbeef", draft.Branch);
        Assert.Equal("two\n", await File.ReadAllTextAsync(Path.Combine(repository.Path, "a.py")));
        Assert.Equal(Task1.ToString(), (await repository.GitAsync("log", "-1", "--format=%(trailers:key=Codex-Task,valueonly)", merged.MergeCommit)).Trim());
    }

    [Fact]
    public async Task Open_PatchThatDoesNotApply_IsRefusedForGood()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        var draft = await DraftAsync(repository);
        var refused = Assert.IsType<OpenResult.Refused>(
            await _forge.OpenAsync(draft with { Patch = draft.Patch.Replace("-one", "-xyz", StringComparison.Ordinal) }, default));
        Assert.Contains("does not apply", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_RepositoryGone_ThrowsBecauseItMayComeBack()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        var draft = await DraftAsync(repository) with { Repository = RepositoryAddress.Parse("/nowhere/at/all") };
        var error = await Assert.ThrowsAsync<RepositoryException>(() => _forge.OpenAsync(draft, default));
        Assert.Equal(RepositoryErrorKind.NotFound, error.Kind);
    }

    [Fact]
    public async Task Merge_Conflict_IsRefusedAndStaysOpen()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        var draft = await DraftAsync(repository);
        var opened = Assert.IsType<OpenResult.Opened>(await _forge.OpenAsync(draft, default));
        await repository.CommitAsync("moved", ("a.py", "three\n"));

        var refused = Assert.IsType<MergeResult.Refused>(await _forge.MergeAsync(Reference(draft, opened), default));

        Assert.Equal(["a.py"], refused.Conflicts);
    }

    [Fact]
    public async Task Move_ChangeOnTheHead_MovesForwardAndIsFoundAgain()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        var draft = await DraftAsync(repository);
        var opened = Assert.IsType<OpenResult.Opened>(await _forge.OpenAsync(draft, default));
        var move = await OnTheHeadAsync(repository, draft, opened.HeadCommit);

        var moved = Assert.IsType<MoveResult.Moved>(await _forge.MoveAsync(move, default));
        var again = Assert.IsType<MoveResult.Moved>(await _forge.MoveAsync(move, default));

        Assert.Equal((moved.HeadCommit, false, true), (again.HeadCommit, moved.Adopted, again.Adopted));
        Assert.Equal(moved.HeadCommit, await repository.HeadAsync(draft.Branch));
        Assert.Equal(opened.HeadCommit, await repository.HeadAsync(draft.Branch + "^"));
        Assert.Equal("three\n", await repository.GitAsync("show", draft.Branch + ":a.py"));
    }

    [Fact]
    public async Task Move_AnotherChangeOfTheBase_TakesThePlaceOfTheHead()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        var draft = await DraftAsync(repository);
        var opened = Assert.IsType<OpenResult.Opened>(await _forge.OpenAsync(draft, default));
        var other = draft with { Patch = await repository.PatchAsync(("a.py", "zwei\n")), At = At.AddMinutes(1) };

        var moved = Assert.IsType<MoveResult.Moved>(await _forge.MoveAsync(new PullRequestMove(1, opened.HeadCommit, other), default));

        Assert.Equal(moved.HeadCommit, await repository.HeadAsync(draft.Branch));
        Assert.Equal(draft.BaseCommit, await repository.HeadAsync(draft.Branch + "^"));
        Assert.Equal("zwei\n", await repository.GitAsync("show", draft.Branch + ":a.py"));
    }

    [Fact]
    public async Task Move_SomebodyWorksOnTheBranch_IsRefusedWithWhatToDoAndGoesOnTopAfterwards()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        var draft = await DraftAsync(repository);
        var opened = Assert.IsType<OpenResult.Opened>(await _forge.OpenAsync(draft, default));
        var move = await OnTheHeadAsync(repository, draft, opened.HeadCommit);
        await repository.GitAsync("switch", "-q", draft.Branch);
        var theirs = await repository.CommitAsync("by hand", ("b.py", "mine\n"));
        var before = repository.Snapshot();

        var refused = Assert.IsType<MoveResult.Refused>(await _forge.MoveAsync(move, default));

        Assert.Contains("switch to another branch", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(before, repository.Snapshot());
        await repository.GitAsync("switch", "-q", "main");
        var moved = Assert.IsType<MoveResult.Moved>(await _forge.MoveAsync(move, default));
        Assert.True(moved.Rebased);
        Assert.Equal(theirs, await repository.HeadAsync(moved.HeadCommit + "^"));
    }

    [Fact]
    public async Task Move_BranchGoneOrCheckedOut_IsRefusedWithWhatToDo()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        var draft = await DraftAsync(repository);
        var opened = Assert.IsType<OpenResult.Opened>(await _forge.OpenAsync(draft, default));
        var move = await OnTheHeadAsync(repository, draft, opened.HeadCommit);
        await repository.GitAsync("switch", "-q", draft.Branch);
        var before = repository.Snapshot();
        Assert.Contains("switch to another branch", Assert.IsType<MoveResult.Refused>(await _forge.MoveAsync(move, default)).Reason, StringComparison.Ordinal);
        Assert.Equal(before, repository.Snapshot());

        await repository.GitAsync("switch", "-q", "main");
        await repository.GitAsync("branch", "-q", "-D", draft.Branch);
        Assert.Contains("is gone from", Assert.IsType<MoveResult.Refused>(await _forge.MoveAsync(move, default)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Close_OpenPullRequest_LeavesTheBranch()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        var draft = await DraftAsync(repository);
        var opened = Assert.IsType<OpenResult.Opened>(await _forge.OpenAsync(draft, default));

        Assert.IsType<CloseResult.Closed>(await _forge.CloseAsync(Reference(draft, opened), default));

        Assert.Equal(opened.HeadCommit, await repository.HeadAsync(draft.Branch));
    }

    private static async Task<PullRequestDraft> DraftAsync(TestRepository repository) => new(
        Task1,
        RepositoryAddress.Parse(repository.Path),
        "main",
        await repository.HeadAsync(),
        BranchName.For("Fix add", Task1),
        await repository.PatchAsync(("a.py", "two\n")),
        "Fix add",
        "body",
        "Fix add\n\nCodex-Task: x\n",
        At);

    // A change on top of what the branch holds: two becomes three.
    private static async Task<PullRequestMove> OnTheHeadAsync(TestRepository repository, PullRequestDraft draft, string head)
    {
        await repository.GitAsync("switch", "-q", "--detach", head);
        var patch = await repository.PatchAsync(("a.py", "three\n"));
        await repository.GitAsync("switch", "-q", "main");
        return new PullRequestMove(1, head, draft with { BaseCommit = head, Patch = patch, At = At.AddHours(1) });
    }

    private static PullRequestReference Reference(PullRequestDraft draft, OpenResult.Opened opened) =>
        new(draft.TaskId, draft.Repository, draft.BaseBranch, draft.Branch, opened.HeadCommit, draft.Title, opened.Number, At);
}
