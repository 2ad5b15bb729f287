using CodexService.Tasks.Persistence;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.Tasks.Tests.Persistence;

/// <summary>Migrations are written by hand: this is what keeps them and the model the same.</summary>
public sealed class MigrationTests(TasksFixture tasks) : DatabaseTest(tasks)
{
    [Fact]
    public async Task MigratedDatabase_ComparedWithTheModel_HasTheSameColumns()
    {
        var actual = (await Sql.RowsAsync(
            Services.Database,
            """
            SELECT c.table_name, c.column_name, format_type(a.atttypid, a.atttypmod), c.is_nullable = 'YES'
            FROM information_schema.columns c
            JOIN pg_attribute a ON a.attrelid = format('%I.%I', c.table_schema, c.table_name)::regclass AND a.attname = c.column_name
            WHERE c.table_schema = 'public' AND c.table_name <> '__EFMigrationsHistory'
            """)).Select(row => $"{row[0]}.{row[1]} {row[2]}{((bool)row[3]! ? "" : " not null")}");

        await using var db = await Services.Contexts.CreateDbContextAsync();
        var expected = db.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties().Select(property =>
            $"{entity.GetTableName()}.{property.GetColumnName()} {property.GetColumnType()}{(property.IsNullable ? "" : " not null")}"));
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task MigratedDatabase_ComparedWithTheModel_HasTheSameKeysAndUniqueIndexes()
    {
        var actual = (await Sql.RowsAsync(
            Services.Database,
            """
            SELECT t.relname, i.indisprimary, string_agg(a.attname, ',' ORDER BY k.n)
            FROM pg_index i
            JOIN pg_class t ON t.oid = i.indrelid
            JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
            CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(attnum, n)
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
            WHERE i.indisunique AND t.relname <> '__EFMigrationsHistory'
            GROUP BY i.indexrelid, t.relname, i.indisprimary
            """)).Select(row => $"{row[0]} {((bool)row[1]! ? "primary" : "unique")} {row[2]}");

        await using var db = await Services.Contexts.CreateDbContextAsync();
        var expected = db.Model.GetEntityTypes().SelectMany(entity => entity.GetKeys()
            .Select(key => $"{entity.GetTableName()} {(key.IsPrimaryKey() ? "primary" : "unique")} {Columns(key.Properties)}")
            .Concat(entity.GetIndexes().Where(index => index.IsUnique).Select(index => $"{entity.GetTableName()} unique {Columns(index.Properties)}")));
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task MigratedDatabase_ComparedWithTheModel_GeneratesTheSameValues()
    {
        var actual = (await Sql.RowsAsync(
            Services.Database,
            """
            SELECT table_name, column_name FROM information_schema.columns
            WHERE table_schema = 'public' AND (column_default IS NOT NULL OR is_identity = 'YES')
            """)).Select(row => $"{row[0]}.{row[1]}");
        await using var db = await Services.Contexts.CreateDbContextAsync();
        var expected = db.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()
            .Where(property => property.ValueGenerated == ValueGenerated.OnAdd)
            .Select(property => $"{entity.GetTableName()}.{property.GetColumnName()}"));
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task MigrateAsync_SeveralHostsAtOnceOnAnEmptyDatabase_MigratesOnce()
    {
        var database = await Postgres.CreateEmptyDatabaseAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await using var host = new TaskServices(database);
            await TasksDatabase.MigrateAsync(host.Get<IServiceProvider>(), CancellationToken.None);
        }));

        await using var db = await Services.Contexts.CreateDbContextAsync();
        Assert.Equal(db.Database.GetMigrations().LongCount(), await Sql.ScalarAsync<long>(database, """SELECT count(*) FROM "__EFMigrationsHistory" """));
    }

    [Fact]
    public async Task Down_ThenUp_LeavesNothingBehindAndComesBack()
    {
        await using var db = await Services.Contexts.CreateDbContextAsync();
        await db.Database.MigrateAsync("0");
        Assert.Equal(
            0L,
            await Sql.ScalarAsync<long>(Services.Database, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE '%EFMigrationsHistory'"));
        await db.Database.MigrateAsync();
        await Services.SubmitAsync();
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=codex;Password=hunter2;Database=codex", "PostgreSQL at 127.0.0.1:1 (database codex, user codex) cannot be used: ")]
    public async Task MigrateAsync_NobodyListens_SaysWhereAndWhatToDoWithoutThePassword(string database, string start)
    {
        await using var host = new TaskServices(database);
        var problem = await Assert.ThrowsAsync<DatabaseUnreachableException>(() => TasksDatabase.MigrateAsync(host.Get<IServiceProvider>(), CancellationToken.None));
        Assert.StartsWith(start, problem.Message, StringComparison.Ordinal);
        Assert.EndsWith("Start it, or correct CODEX_DATABASE.", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", problem.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Fact]
    public async Task MigrateAsync_WrongPassword_SaysSoWithoutThePassword()
    {
        var database = new Npgsql.NpgsqlConnectionStringBuilder(Services.Database) { Password = "hunter2" }.ConnectionString;
        await using var host = new TaskServices(database);
        var problem = await Assert.ThrowsAsync<DatabaseUnreachableException>(() => TasksDatabase.MigrateAsync(host.Get<IServiceProvider>(), CancellationToken.None));
        Assert.Contains("password authentication failed", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", problem.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
    }

    private static string Columns(IEnumerable<IReadOnlyProperty> properties) => string.Join(',', properties.Select(property => property.GetColumnName()));
}
