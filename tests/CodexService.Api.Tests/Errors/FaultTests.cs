using System.Net;
using CodexService.Api.Tests.Hosting;
using CodexService.Contracts.Api;
using CodexService.Tasks.Leases;
using CodexService.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CodexService.Api.Tests.Errors;

/// <summary>What callers see when something behind the API breaks. Each test has a host of its own to break.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private readonly PostgresFixture postgres = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("codex-api-tests-");

    public Task InitializeAsync() => postgres.InitializeAsync();

    public async Task DisposeAsync()
    {
        await postgres.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task DatabaseGone_EveryCall_Is503WithAClearLineUntilItIsBack()
    {
        var direct = await postgres.CreateDatabaseAsync();
        await using var gate = new TcpGate(new NpgsqlConnectionStringBuilder(direct).Port);
        await using var host = await ApiHost.StartAsync(new NpgsqlConnectionStringBuilder(direct) { Port = gate.Port }.ConnectionString, folder.FullName);
        using var client = new ApiClient(host.Address, host.FirstToken);
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(HttpMethod.Get, "/health/ready")).StatusCode);
        await client.GetAsync<Page<TaskSummary>>("/api/tasks");

        await gate.ShutAsync();
        var ready = await client.SendAsync(HttpMethod.Get, "/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("PostgreSQL does not answer", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(HttpMethod.Get, "/health/live")).StatusCode);
        foreach (var path in new[] { "/api/tasks", $"/api/tasks/{Guid.NewGuid()}", "/api/pull-requests" })
        {
            var problem = await ApiClient.ProblemAsync(await client.SendAsync(HttpMethod.Get, path), HttpStatusCode.ServiceUnavailable);
            Assert.StartsWith("The database does not answer", problem.Title, StringComparison.Ordinal);
        }

        // A token that is not remembered has to be looked up.
        await ApiClient.ProblemAsync(
            await client.SendAsync(HttpMethod.Get, "/api/tasks", null, ("Authorization", "Bearer cdx_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")),
            HttpStatusCode.ServiceUnavailable);

        gate.OpenAgain();
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(HttpMethod.Get, "/health/ready")).StatusCode);
        await client.GetAsync<Page<TaskSummary>>("/api/tasks");
    }

    [Fact]
    public async Task StreamIsOpen_DatabaseGoes_TheClientResumesWithoutAGap()
    {
        var direct = await postgres.CreateDatabaseAsync();
        await using var gate = new TcpGate(new NpgsqlConnectionStringBuilder(direct).Port);
        await using var host = await ApiHost.StartAsync(new NpgsqlConnectionStringBuilder(direct) { Port = gate.Port }.ConnectionString, folder.FullName);
        await using var worker = new TaskServices(direct, services => services.Configure<LeaseOptions>(leases => leases.Duration = TimeSpan.FromHours(1)));
        using var client = new ApiClient(host.Address, host.FirstToken);
        var lease = await worker.SubmitAndClaimAsync();
        var seen = new List<string?>();
        try
        {
            await foreach (var item in client.FollowAsync($"/api/tasks/{lease.TaskId}/events"))
            {
                if (item.EventType == "ping")
                {
                    continue;
                }

                seen.Add(item.EventId);
                if (seen.Count == 3)
                {
                    await gate.ShutAsync();
                }
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The stream broke off, as it should: the client comes back with the last id that it saw.
        }

        Assert.Equal(["1", "2", "3"], seen);
        await worker.FinishAsync(lease, AttemptState.NoChange);
        gate.OpenAgain();
        await foreach (var item in client.FollowAsync($"/api/tasks/{lease.TaskId}/events", lastEventId: 3))
        {
            seen.Add(item.EventId);
        }

        Assert.Equal(["1", "2", "3", "4", "5", null], seen);
    }

    [Fact]
    public async Task UnexpectedFault_Is500WithoutDetailsAndTheLogHasThem()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var host = await ApiHost.StartAsync(database, folder.FullName);
        using var client = new ApiClient(host.Address, host.FirstToken);
        await Sql.ExecuteAsync(database, "ALTER TABLE pull_requests RENAME TO elsewhere");
        var problem = await ApiClient.ProblemAsync(await client.SendAsync(HttpMethod.Get, "/api/tasks"), HttpStatusCode.InternalServerError);
        Assert.Contains("its log says what", problem.Title, StringComparison.Ordinal);
        Assert.Contains(host.Log.Errors, text => text.Contains("pull_requests", StringComparison.Ordinal) && text.Contains("   at ", StringComparison.Ordinal) && text.Contains("/api/tasks", StringComparison.Ordinal));
    }

    [Fact]
    public async Task BadRequests_AreNoErrorsOfTheService()
    {
        await using var host = await ApiHost.StartAsync(await postgres.CreateDatabaseAsync(), folder.FullName);
        using var client = new ApiClient(host.Address, host.FirstToken);
        await ApiClient.ProblemAsync(await client.PostTextAsync("/api/tasks", "nonsense"), HttpStatusCode.BadRequest);
        await ApiClient.ProblemAsync(await client.PostAsync($"/api/tasks/{Guid.NewGuid()}/cancel"), HttpStatusCode.NotFound);
        Assert.Empty(host.Log.Errors);
    }

    [Fact]
    public async Task Start_BadOption_NamesTheKeyAndTheBounds()
    {
        var database = await postgres.CreateDatabaseAsync();
        var problem = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(
            () => ApiHost.StartAsync(database, folder.FullName, ("Api:MaxPromptLength", "0")));
        Assert.Contains("Api:MaxPromptLength has to be from 1 to 1000000 characters.", problem.Message, StringComparison.Ordinal);
    }
}
