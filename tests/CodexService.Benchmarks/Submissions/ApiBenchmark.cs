using System.Diagnostics;
using System.Net.Http.Json;
using CodexService.Benchmarks.Measuring;
using CodexService.Benchmarks.Running;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.PrivatePostgres;
using CodexService.Samples;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CodexService.Benchmarks.Submissions;

/// <summary>Durable submissions a second beside bare commits a second on the same server.</summary>
internal sealed class ApiBenchmark : IBenchmark
{
    private const int Clients = 32;
    private const int WarmUp = 2000;
    private const int Calls = 2000;

    public string Name => "api";

    public string Method =>
        $"{Calls:N0} submissions by {Clients} clients at once to the API process, each answered after its commit (a task, its"
        + " attempt, its events and its message in one transaction), on a private PostgreSQL with `fsync` on. Beside it, on"
        + " the same server and with as many clients: single-row inserts, each committed by itself. Client, API and"
        + " database share the machine's cores.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Plan plan, CancellationToken cancellationToken)
    {
        var comparison = new Comparison("submissions", "bare commits", "a second");
        using var scratch = new ScratchFolder();
        var repository = scratch.File("users-api");
        await SampleRepository.CreateAsync(repository, SeededBug.Demo, cancellationToken);
        await using var postgres = await PrivatePostgresServer.StartAsync(
            new PrivatePostgresOptions { DataDirectory = scratch.File("postgres"), Durable = true }, NullLogger.Instance, cancellationToken);
        var database = await postgres.CreateDatabaseAsync("codex", cancellationToken);
        await using var bare = await OpenBareAsync(await postgres.CreateDatabaseAsync("bare", cancellationToken), cancellationToken);
        var settings = SubmitBenchmark.Settings(scratch);
        settings["CODEX_DATABASE"] = database;
        settings["Repositories__Folder"] = scratch.File("repositories");
        await using var service = await ServiceProcess.StartAsync("CodexService.Api", settings, cancellationToken);
        using var http = service.NewClient();
        var request = new SubmitTaskRequest(repository, SeededBug.Demo.Prompt, SampleRepository.TestCommand);
        await RateAsync(WarmUp, () => SubmitAsync(http, request, cancellationToken));
        await RateAsync(WarmUp, () => InsertAsync(bare, cancellationToken));
        for (var run = 1; run <= plan.Runs; run++)
        {
            plan.Say($"run {run} of {plan.Runs}");
            var commits = await RateAsync(Calls, () => InsertAsync(bare, cancellationToken));
            comparison.Add(await RateAsync(Calls, () => SubmitAsync(http, request, cancellationToken)), commits);
        }

        return [comparison.Multiple("durable submissions a second", Bound.AtLeastOf(300, "a second"))];
    }

    /// <summary>Calls a second of <paramref name="calls"/> calls by <see cref="Clients"/> clients at once.</summary>
    private static async Task<double> RateAsync(int calls, Func<Task> call)
    {
        var left = calls;
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => ClientAsync()));
        return calls / Stopwatch.GetElapsedTime(began).TotalSeconds;

        async Task ClientAsync()
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await call();
            }
        }
    }

    private static async Task SubmitAsync(HttpClient http, SubmitTaskRequest request, CancellationToken cancellationToken)
    {
        using var response = await http.PostAsJsonAsync("/api/tasks", request, JsonConventions.Options, cancellationToken);
        response.EnsureSuccessStatusCode();
        await response.Content.LoadIntoBufferAsync(cancellationToken);
    }

    private static async Task<NpgsqlDataSource> OpenBareAsync(string connectionString, CancellationToken cancellationToken)
    {
        var bare = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = Clients, MaxAutoPrepare = 10 });
        await using var command = bare.CreateCommand("CREATE TABLE rows (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL)");
        await command.ExecuteNonQueryAsync(cancellationToken);
        return bare;
    }

    private static async Task InsertAsync(NpgsqlDataSource bare, CancellationToken cancellationToken)
    {
        await using var command = bare.CreateCommand("INSERT INTO rows (body) VALUES ('Fix the pagination bug in the users endpoint')");
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
