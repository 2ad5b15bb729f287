using CodexService.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.Tasks.Tests;

/// <summary>Tests that each start with an empty database with the service's schema, which the tests of a class share.</summary>
public abstract class DatabaseTest(TasksFixture tasks) : IClassFixture<TasksFixture>, IAsyncLifetime
{
    protected PostgresFixture Postgres => tasks.Postgres;

    /// <summary>The task store as one process has it.</summary>
    protected TaskServices Services => tasks.Services;

    /// <summary>The task store as another process on the same database has it.</summary>
    protected TaskServices OtherProcess => tasks.OtherProcess;

    public virtual Task InitializeAsync() => tasks.EmptyAsync();

    public virtual Task DisposeAsync() => Task.CompletedTask;

    /// <summary>One more process, for a test that needs it composed in another way.</summary>
    protected TaskServices StartProcess(Action<IServiceCollection>? configure = null, Uri? broker = null) => new(Services.Database, configure, broker);
}

/// <summary>
/// The database of a test class. Composing the services costs most of a second (EF Core builds its own container for each
/// data source), emptying the tables a few milliseconds.
/// </summary>
public sealed class TasksFixture : IAsyncLifetime
{
    private TaskServices? services;
    private TaskServices? other;

    public PostgresFixture Postgres { get; } = new();

    public TaskServices Services => services ?? throw new InvalidOperationException("The fixture has not started.");

    public TaskServices OtherProcess => other ??= new TaskServices(Services.Database);

    public async Task InitializeAsync() => services = new TaskServices(await Postgres.CreateDatabaseAsync());

    public async Task DisposeAsync()
    {
        if (other is not null)
        {
            await other.DisposeAsync();
        }

        await Services.DisposeAsync();
        await Postgres.DisposeAsync();
    }

    // The role of a replica passes over the trigger that keeps the log append-only.
    public Task EmptyAsync() => Sql.ExecuteAsync(
        Services.Database,
        """
        SET session_replication_role = replica;
        TRUNCATE tasks, task_prompts, attempts, attempt_results, attempt_turns, usage_entries, evidence, task_messages, task_events, pull_requests, reviews, review_comments, outbox, access_tokens RESTART IDENTITY CASCADE;
        ALTER SEQUENCE pull_request_numbers RESTART;
        """);
}
