using CodexService.Repositories.Publishing;
using CodexService.Testing;

namespace CodexService.Repositories.Tests.Publishing;

public sealed class BranchMergerTests : IDisposable
{
    private const string Branch = "codex/fix-0a1b2c3d";
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly RepositoryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Merge_CleanCheckout_IsBroughtAlong()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"), ("gone", "x\n"));
        var head = await BranchAsync(repository, ("a.py", "two\n"), ("new.py", "new\n"));
        repository.Write("untracked", "mine\n");
        var before = await repository.HeadAsync();

        var outcome = await MergeAsync(repository, head);

        Assert.True(outcome.Merged, outcome.Reason);
        Assert.Equal(outcome.Commit, await repository.HeadAsync());
        Assert.Equal($"{before} {head}", (await repository.GitAsync("log", "-1", "--format=%P")).Trim());
        Assert.Equal("two\n", await File.ReadAllTextAsync(Path.Combine(repository.Path, "a.py")));
        Assert.Equal("?? untracked\n", await repository.GitAsync("status", "--porcelain"));
    }

    [Fact]
    public async Task Merge_Again_FindsTheSameMerge()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        var head = await BranchAsync(repository, ("a.py", "two\n"));
        var first = await MergeAsync(repository, head);
        await repository.CommitAsync("later", ("b.py", "b\n"));
        await repository.GitAsync("branch", "-D", Branch);

        var second = await MergeAsync(repository, head);

        Assert.True(second.Merged);
        Assert.Equal(first.Commit, second.Commit);
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("staged")]
    [InlineData("untracked in the way")]
    [InlineData("ignored in the way")]
    [InlineData("ignored file where a folder must be")]
    [InlineData("assume-unchanged")]
    public async Task Merge_WorkInTheCheckout_IsRefusedAndByteIdenticalAfterwards(string work)
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"), (".gitignore", "*.env\nlocal\n"));
        var head = await BranchAsync(repository, ("a.py", "two\n"), ("new.txt", "new\n"), ("my.env", "new\n"), ("local/x", "new\n"));
        switch (work)
        {
            case "changed":
                repository.Write("a.py", "mine\n");
                break;
            case "staged":
                repository.Write("a.py", "mine\n");
                await repository.GitAsync("add", "a.py");
                break;
            case "untracked in the way":
                repository.Write("new.txt", "mine\n");
                break;
            case "ignored in the way":
                repository.Write("my.env", "mine\n");
                break;
            case "ignored file where a folder must be":
                repository.Write("local", "mine\n");
                break;
            default:
                await repository.GitAsync("update-index", "--assume-unchanged", "a.py");
                repository.Write("a.py", "mine\n");
                break;
        }

        var (before, tip) = (repository.Snapshot(), await repository.HeadAsync());

        var outcome = await MergeAsync(repository, head);

        Assert.False(outcome.Merged);
        Assert.Contains(repository.Path, outcome.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', outcome.Reason);
        Assert.Equal(before, repository.Snapshot());
        Assert.Equal(tip, await repository.HeadAsync());
    }

    [Fact]
    public async Task Merge_BaseMovedElsewhere_MergesBoth()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"), ("b.py", "one\n"));
        var head = await BranchAsync(repository, ("a.py", "two\n"));
        var moved = await repository.CommitAsync("moved", ("b.py", "two\n"));

        var outcome = await MergeAsync(repository, head);

        Assert.True(outcome.Merged, outcome.Reason);
        Assert.Equal($"{moved} {head}", (await repository.GitAsync("log", "-1", "--format=%P")).Trim());
        Assert.Equal("two\n", await File.ReadAllTextAsync(Path.Combine(repository.Path, "a.py")));
        Assert.Equal("two\n", await File.ReadAllTextAsync(Path.Combine(repository.Path, "b.py")));
    }

    [Fact]
    public async Task Merge_Conflict_IsRefusedWithTheFiles()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        var head = await BranchAsync(repository, ("a.py", "two\n"));
        var tip = await repository.CommitAsync("moved", ("a.py", "three\n"));

        var outcome = await MergeAsync(repository, head);

        Assert.False(outcome.Merged);
        Assert.Equal(["a.py"], outcome.Conflicts);
        Assert.Contains("conflicts with main in a.py", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(tip, await repository.HeadAsync());
    }

    [Fact]
    public async Task Merge_BranchChangedAfterTheReview_IsRefused()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        var head = await BranchAsync(repository, ("a.py", "two\n"));
        await repository.GitAsync("checkout", "-q", Branch);
        await repository.CommitAsync("sneaked in", ("a.py", "evil\n"));
        await repository.GitAsync("checkout", "-q", "main");

        var outcome = await MergeAsync(repository, head);

        Assert.False(outcome.Merged);
        Assert.Contains("changed after the review", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Merge_BranchOrBaseGone_IsRefused()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        var head = await BranchAsync(repository, ("a.py", "two\n"));
        await repository.GitAsync("branch", "-q", "other");
        await repository.GitAsync("branch", "-D", Branch);
        Assert.Contains($"{Branch} is gone", (await MergeAsync(repository, head)).Reason, StringComparison.Ordinal);

        await repository.GitAsync("branch", "-m", "main", "renamed");
        Assert.Contains("base branch main is gone", (await MergeAsync(repository, head)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Merge_BaseNotCheckedOut_LeavesTheCheckoutAlone()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"));
        var head = await BranchAsync(repository, ("a.py", "two\n"));
        await repository.GitAsync("checkout", "-q", "-b", "mine");
        repository.Write("a.py", "uncommitted\n");
        var before = repository.Snapshot();

        var outcome = await MergeAsync(repository, head);

        Assert.True(outcome.Merged, outcome.Reason);
        Assert.Equal(before, repository.Snapshot());
        Assert.Equal("two\n", await repository.GitAsync("show", "main:a.py"));
    }

    [Fact]
    public async Task Merge_TwoBranchesAtOnce_BothArrive()
    {
        using var repository = await TestRepository.CreateAsync(("a.py", "one\n"), ("b.py", "one\n"));
        var a = await BranchAsync(repository, "codex/a-00000001", ("a.py", "two\n"));
        var b = await BranchAsync(repository, "codex/b-00000002", ("b.py", "two\n"));
        using var other = new RepositoryFixture(options => options.Folder = _fixture.Options.Folder);

        var outcomes = await Task.WhenAll(
            _fixture.Merger.MergeAsync(Request(repository, "codex/a-00000001", a), default),
            other.Merger.MergeAsync(Request(repository, "codex/b-00000002", b), default));

        Assert.All(outcomes, outcome => Assert.True(outcome.Merged, outcome.Reason));
        Assert.Equal("two\n", await repository.GitAsync("show", "main:a.py"));
        Assert.Equal("two\n", await repository.GitAsync("show", "main:b.py"));
        Assert.Empty(await repository.GitAsync("status", "--porcelain"));
    }

    [Fact]
    public async Task Merge_SeveralServicesAtOnce_NoMergeOverwritesAnother()
    {
        // Separate caches share no lock, as services on separate machines do; only the condition of the push keeps them apart.
        const int Count = 4;
        var files = Enumerable.Range(0, Count).Select(i => ($"f{i}", "one\n")).ToArray();
        using var repository = await TestRepository.CreateAsync(files);
        var heads = new List<string>();
        for (var i = 0; i < Count; i++)
        {
            heads.Add(await BranchAsync(repository, $"codex/b-{i}", ($"f{i}", "two\n")));
        }

        await repository.GitAsync("checkout", "-q", "--detach");
        var fixtures = heads.Select(_ => new RepositoryFixture()).ToArray();
        await Task.WhenAll(fixtures.Select(f => f.Cache.EnsureAsync(RepositoryAddress.Parse(repository.Path), default)));

        var outcomes = await Task.WhenAll(heads.Select((head, i) => fixtures[i].Merger.MergeAsync(Request(repository, $"codex/b-{i}", head), default)));

        Assert.All(outcomes, outcome => Assert.True(outcome.Merged, outcome.Reason));
        for (var i = 0; i < Count; i++)
        {
            Assert.Equal("two\n", await repository.GitAsync("show", $"main:f{i}"));
            fixtures[i].Dispose();
        }
    }

    private Task<MergeOutcome> MergeAsync(TestRepository repository, string head) =>
        _fixture.Merger.MergeAsync(Request(repository, Branch, head), default);

    private static MergeRequest Request(TestRepository repository, string branch, string head) =>
        new(RepositoryAddress.Parse(repository.Path), branch, head, "main", "Merge\n", At);

    private Task<string> BranchAsync(TestRepository repository, params (string, string)[] files) => BranchAsync(repository, Branch, files);

    private async Task<string> BranchAsync(TestRepository repository, string branch, params (string, string)[] files)
    {
        var patch = await repository.PatchAsync(files);
        var request = new PublishRequest(RepositoryAddress.Parse(repository.Path), await repository.HeadAsync("main"), patch, branch, "Change\n", At);
        return (await _fixture.Publisher.PublishAsync(request, default)).Commit;
    }
}
