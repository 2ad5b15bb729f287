using CodexService.Contracts.Api;
using CodexService.Tasks.Submission;
using CodexService.Tasks.Workers;
using CodexService.Testing;

namespace CodexService.Tasks.Tests.Workers;

public sealed class KnownWorkersTests(TasksFixture tasks) : DatabaseTest(tasks)
{
    private KnownWorkers Workers => OtherProcess.Get<KnownWorkers>();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Sql.ExecuteAsync(Services.Database, "TRUNCATE workers");
    }

    [Fact]
    public async Task Abilities_OfWorkersThatAreUp_AreAllTheirs()
    {
        Assert.Null(await AbilitiesAsync());

        await TellAsync("a", new WorkerAbilities(PrefersRepair: true, []));
        Assert.True(await AbilitiesAsync() is { HasModel: false, PrefersRepair: true, AutoIsRepair: true });

        await TellAsync("b", new WorkerAbilities(PrefersRepair: false, ["small", "large"]));
        await TellAsync("c", new WorkerAbilities(PrefersRepair: true, ["LARGE", "other"]));
        var all = await AbilitiesAsync();
        Assert.Equal(["small", "large", "other"], all!.Models);
        Assert.False(all.AutoIsRepair);

        await Workers.ForgetAsync("b", CancellationToken.None);
        Assert.True(await AbilitiesAsync() is { HasModel: true, AutoIsRepair: true });
    }

    [Fact]
    public async Task Abilities_OfAWorkerThatSaysAnother_AreTheNewOnes()
    {
        await TellAsync("a", new WorkerAbilities(PrefersRepair: false, ["small"]));
        await TellAsync("a", new WorkerAbilities(PrefersRepair: false, ["large"]));

        Assert.Equal(["large"], (await AbilitiesAsync())!.Models);
    }

    [Theory]
    [InlineData("61 seconds")]
    [InlineData("14 minutes")]
    public async Task Abilities_OneWithAModelFellSilent_IsExpectedBackForAWhile(string silence)
    {
        await TellAsync("a", new WorkerAbilities(PrefersRepair: false, ["small"]));
        await SilentAsync(silence);
        Assert.Null(await AbilitiesAsync());

        await TellAsync("b", new WorkerAbilities(PrefersRepair: false, []));
        Assert.True(await AbilitiesAsync() is { HasModel: true, AutoIsRepair: false, Models: ["small"] });
    }

    [Fact]
    public async Task Abilities_OneWithAModelEnded_IsExpectedBackUnlessItIsForgotten()
    {
        await TellAsync("a", new WorkerAbilities(PrefersRepair: false, ["small"]));
        await Workers.LeaveAsync("a", CancellationToken.None);
        Assert.Null(await AbilitiesAsync());

        await TellAsync("b", new WorkerAbilities(PrefersRepair: false, []));
        Assert.True(await AbilitiesAsync() is { HasModel: true });

        await Workers.ForgetAsync("a", CancellationToken.None);
        Assert.True(await AbilitiesAsync() is { HasModel: false });
    }

    [Fact]
    public async Task Abilities_OfAWorkerThatIsGone_CountNoMore()
    {
        await TellAsync("long", new WorkerAbilities(PrefersRepair: false, ["small"]));
        await SilentAsync("16 minutes");
        await TellAsync("without", new WorkerAbilities(PrefersRepair: true, []));
        await Sql.ExecuteAsync(Services.Database, "UPDATE workers SET seen_at = clock_timestamp() - interval '61 seconds' WHERE name = 'without'");
        await TellAsync("up", new WorkerAbilities(PrefersRepair: false, []));

        Assert.True(await AbilitiesAsync() is { HasModel: false, PrefersRepair: false });

        await SilentAsync("61 minutes");
        await TellAsync("new", new WorkerAbilities(PrefersRepair: false, []));
        Assert.Equal(["new"], await Workers.NamesAsync(CancellationToken.None));
    }

    [Fact]
    public async Task WhyNot_LooksAtTheRepositoryOnlyWhereNoModelWorks()
    {
        var admission = Services.Get<TaskAdmission>();
        var submission = new TaskSubmission("/r", "Fix it", "npm test", "main", 1, TimeSpan.FromMinutes(1), BrainChoice.Auto);
        Assert.Null(await admission.WhyNotAsync(submission, Unasked, CancellationToken.None));

        await TellAsync("a", new WorkerAbilities(PrefersRepair: false, []));
        Assert.Equal("repository", (await admission.WhyNotAsync(submission, () => Task.FromResult(false), CancellationToken.None))?.Field);
        Assert.Null(await admission.WhyNotAsync(submission, () => Task.FromResult(true), CancellationToken.None));
        Assert.Equal("approve_plan", (await admission.WhyNotAsync(submission with { ApprovePlan = true }, Unasked, CancellationToken.None))?.Field);

        await TellAsync("b", new WorkerAbilities(PrefersRepair: false, ["small"]));
        Assert.Null(await admission.WhyNotAsync(submission, Unasked, CancellationToken.None));
        Assert.Equal("models", (await admission.WhyNotAsync(submission with { Models = ["small", "large"] }, Unasked, CancellationToken.None))?.Field);

        static Task<bool> Unasked() => throw new InvalidOperationException("the repository was looked at");
    }

    private Task<int> SilentAsync(string time) => Sql.ExecuteAsync(Services.Database, $"UPDATE workers SET seen_at = clock_timestamp() - interval '{time}'");

    private Task TellAsync(string worker, WorkerAbilities abilities) => Services.Get<KnownWorkers>().TellAsync(worker, abilities, CancellationToken.None);

    private Task<WorkerAbilities?> AbilitiesAsync() => Workers.AbilitiesAsync(CancellationToken.None);
}
