using System.Diagnostics;
using CodexService.Tasks.Workers;
using CodexService.Testing;
using CodexService.Worker.Brains;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexService.Worker.Tests.Brains;

public sealed class AbilityAnnouncerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly WorkerAbilities Small = new(PrefersRepair: false, ["small"]);
    private readonly WorkerIdentity identity = new();
    private TaskServices? services;

    private KnownWorkers Workers => services!.Get<KnownWorkers>();

    public async Task InitializeAsync() => services = new TaskServices(await postgres.CreateDatabaseAsync());

    public async Task DisposeAsync() => await services!.DisposeAsync();

    [Fact]
    public async Task Stopping_WithATokenThatIsCancelled_StillSaysThatTheWorkerEnds()
    {
        using var announcer = Announcer(Small);
        await announcer.StartAsync(CancellationToken.None);
        Assert.NotNull(await Workers.AbilitiesAsync(CancellationToken.None));

        await announcer.StoppingAsync(new CancellationToken(canceled: true));

        Assert.Null(await Workers.AbilitiesAsync(CancellationToken.None));
        Assert.Equal([identity.Name], await Workers.NamesAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Start_AfterAProcessOfThisMachineEnded_TakesItsPlace()
    {
        await Workers.TellAsync(WorkerIdentity.Named(EndedProcess(), "dead"), Small, CancellationToken.None);
        await Workers.TellAsync(WorkerIdentity.Named(Environment.ProcessId, "restarted"), Small, CancellationToken.None);
        using var announcer = Announcer(new WorkerAbilities(PrefersRepair: false, []));

        await announcer.StartAsync(CancellationToken.None);

        Assert.True(await Workers.AbilitiesAsync(CancellationToken.None) is { HasModel: false });
        Assert.Equal([identity.Name], await Workers.NamesAsync(CancellationToken.None));
        await announcer.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Start_OthersThatMayRun_KeepTheirPlaces()
    {
        string[] others =
        [
            WorkerIdentity.Named(Environment.ProcessId, new WorkerIdentity().Name.Split('-')[^1]),
            WorkerIdentity.Named(1, "init"),
            "elsewhere-1-abcd",
            $"{Environment.MachineName}-2-{EndedProcess()}-abcd",
        ];
        foreach (var other in others)
        {
            await Workers.TellAsync(other, Small, CancellationToken.None);
        }

        using var announcer = Announcer(new WorkerAbilities(PrefersRepair: false, []));
        await announcer.StartAsync(CancellationToken.None);

        Assert.Equal([.. others.Append(identity.Name).Order(StringComparer.Ordinal)], (await Workers.NamesAsync(CancellationToken.None)).Order(StringComparer.Ordinal));
        await announcer.StopAsync(CancellationToken.None);
    }

    // The clock stands still: no further word, and as long for the goodbye as it takes.
    private AbilityAnnouncer Announcer(WorkerAbilities abilities) => new(Workers, identity, abilities, new TestClock(), NullLogger<AbilityAnnouncer>.Instance);

    private static int EndedProcess()
    {
        using var process = Process.Start("true");
        process.WaitForExit();
        return process.Id;
    }
}
