using System.Globalization;
using System.Net;
using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Repositories;
using CodexService.Integration.Tests.Stack;
using CodexService.PrivatePostgres;
using CodexService.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CodexService.Integration.Tests.Standalone;

/// <summary>What the service needs goes away while it runs, or was never there.</summary>
public sealed class OutageTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("codex-outage-");

    public OutageTests() => folder.UnixFileMode = (UnixFileMode)0b111_001_001;

    [Fact]
    public async Task Postgres_KilledLater_AnswersWith503AndRecovers()
    {
        var options = new PrivatePostgresOptions { DataDirectory = Path.Combine(folder.FullName, "postgres"), Patience = TimeSpan.FromMinutes(3) };
        using var repository = TestRepository.WithFailingPythonTest();
        var server = await StartAsync(options);
        try
        {
            await using var stack = await StandaloneStack.StartAsync(await server.CreateDatabaseAsync("codex", CancellationToken.None));
            var before = await stack.Api.SubmitAsync(Submission(repository));
            await stack.Api.SuccessAsync(before.Summary.Id);

            await KillAsync(server);
            using (var refused = await stack.Api.PostAsync("/api/tasks", Submission(repository)))
            {
                var problem = await ApiClient.ReadAsync<Problem>(refused, HttpStatusCode.ServiceUnavailable);
                Assert.Equal("The database does not answer; nothing was changed. Try again in a moment.", problem.Title);
            }

            using (var ready = await stack.Api.GetAsync("/health/ready"))
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            }

            await server.DisposeAsync();
            server = await StartAsync(options with { Port = server.Port });
            await WaitReadyAsync(stack.Api);
            Assert.Equal(TaskState.Succeeded, (await stack.Api.TaskAsync(before.Summary.Id)).Summary.State);
            var after = await stack.Api.SubmitAsync(Submission(repository));
            await stack.Api.SuccessAsync(after.Summary.Id);
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Postgres_GoneWhileAnAttemptRuns_DoesNotKeepTheServiceFromStopping()
    {
        using var repository = Unfixable.SlowSearch();
        await using var server = await StartAsync(new PrivatePostgresOptions { DataDirectory = Path.Combine(folder.FullName, "postgres"), Patience = TimeSpan.FromMinutes(3) });
        await using var stack = await StandaloneStack.StartAsync(await server.CreateDatabaseAsync("codex", CancellationToken.None));
        await stack.Api.StageAsync((await stack.Api.SubmitAsync(Submission(repository))).Summary.Id, "localize", "search");
        await KillAsync(server);

        Assert.Equal(0, await stack.Process.StopAsync());
        await Containers.WaitGoneAsync(stack.Folder.Name);
        Assert.Contains(stack.Process.Output, line => line.Contains("could not be written before this worker has to stop", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Docker_NotRunning_FailsTheTaskWithOneLine()
    {
        await using var postgres = new PostgresFixture();
        var socket = Path.Combine(folder.FullName, "no-docker.sock");
        using var repository = TestRepository.WithFailingPythonTest();
        await using var stack = await StandaloneStack.StartAsync(await postgres.CreateDatabaseAsync(), ("DOCKER_HOST", $"unix://{socket}"));
        var task = await stack.Api.EndAsync((await stack.Api.SubmitAsync(Submission(repository))).Summary.Id);
        Assert.Equal(TaskState.Failed, task.Summary.State);
        Assert.Contains("Docker", task.Summary.Reason, StringComparison.Ordinal);
        Assert.Contains(socket, task.Summary.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', task.Summary.Reason!);
        await stack.Process.LineAsync(line => IsNotice(line));
        Assert.Single(stack.Process.Output, line => IsNotice(line));
        using var ready = await stack.Api.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Contains("degraded", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <inheritdoc />
    public void Dispose() => folder.Delete(recursive: true);

    private static bool IsNotice(string line) => line.Contains("Tasks cannot run yet", StringComparison.Ordinal);

    private static SubmitTaskRequest Submission(TestRepository repository) =>
        new(repository.Path, "Make the failing test pass", UsersApi.TestCommand, TimeoutSeconds: 600);

    private static Task<PrivatePostgresServer> StartAsync(PrivatePostgresOptions options) =>
        PrivatePostgresServer.StartAsync(options, NullLogger.Instance, CancellationToken.None);

    private static async Task KillAsync(PrivatePostgresServer server)
    {
        var first = File.ReadLines(Path.Combine(server.Folder, "data", "postmaster.pid")).First();
        HostProcess.Kill(int.Parse(first, CultureInfo.InvariantCulture));
        await server.Exited;
    }

    private static async Task WaitReadyAsync(ApiClient api)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3), TimeProvider.System);
        while (!limit.IsCancellationRequested)
        {
            using var response = await api.GetAsync("/health/ready");
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
        }

        Assert.Fail("the service did not recover");
    }
}
