using Npgsql;

namespace CodexService.Testing;

/// <summary>Statements on connections that the tested code does not use, so that they meet nothing that it holds.</summary>
public static class Sql
{
    /// <summary>Runs a statement and returns the number of rows that it changed.</summary>
    public static async Task<int> ExecuteAsync(string connectionString, string sql, params object[] arguments)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var command = Command(connection, sql, arguments);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first column of the first row.</summary>
    public static async Task<T?> ScalarAsync<T>(string connectionString, string sql, params object[] arguments)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var command = Command(connection, sql, arguments);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    /// <summary>Every row as its columns' values.</summary>
    public static async Task<IReadOnlyList<object?[]>> RowsAsync(string connectionString, string sql, params object[] arguments)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var command = Command(connection, sql, arguments);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object?[]>();
        while (await reader.ReadAsync())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add([.. row.Select(value => value is DBNull ? null : value)]);
        }

        return rows;
    }

    /// <summary>Keeps everybody from writing into a table until the returned object is disposed; who reads it is not held up.</summary>
    public static async Task<IAsyncDisposable> HoldAsync(string connectionString, string table)
    {
        // Closed for good with the object, and what it holds with it.
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "test", Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync();
            await using var hold = Command(connection, $"BEGIN; LOCK TABLE {table} IN SHARE MODE", []);
            await hold.ExecuteNonQueryAsync();
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "test", MaxPoolSize = 4 }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] arguments)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var argument in arguments)
        {
            command.Parameters.AddWithValue(argument);
        }

        return command;
    }
}
