using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Local;

namespace CodexService.Standalone.Tests;

/// <summary>The service as its own process, with the private PostgreSQL server that it brings.</summary>
public sealed class StandaloneTests : IDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(3);
    private readonly DataFolder data;
    private readonly HttpClient http = new();

    public StandaloneTests()
    {
        var root = Path.Combine(Path.GetTempPath(), "codex-standalone-" + Path.GetRandomFileName());
        Directory.CreateDirectory(root);

        // When root runs the tests, PostgreSQL's own user has to reach the folder; otherwise the data would lie elsewhere.
        File.SetUnixFileMode(root, (UnixFileMode)0b111_101_101);
        data = new DataFolder(root);
    }

    public void Dispose()
    {
        http.Dispose();
        Directory.Delete(data.Root, recursive: true);
    }

    [Fact]
    public async Task Start_TokenOfTheOwner_IsMadeOnceAndMadeAgainWhenItIsGone()
    {
        string first;
        using (var service = new ServiceProcess(data))
        {
            var url = await service.ReadyAsync();
            first = (await File.ReadAllTextAsync(data.TokenFile)).Trim();
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(data.TokenFile));
            Assert.Contains(service.Output, line => line.EndsWith($"/sign-in#token={first}", StringComparison.Ordinal));
            Assert.Equal(HttpStatusCode.OK, await AskAsync(url, first));
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(url, "cdx_" + new string('x', 43)));
            await StopAsync(service);
        }

        using (var service = new ServiceProcess(data))
        {
            var url = await service.ReadyAsync();
            Assert.Equal(first, (await File.ReadAllTextAsync(data.TokenFile)).Trim());
            Assert.DoesNotContain(service.Output, line => line.Contains(first, StringComparison.Ordinal));
            Assert.Equal(HttpStatusCode.OK, await AskAsync(url, first));
            await StopAsync(service);
        }

        File.Delete(data.TokenFile);
        using (var service = new ServiceProcess(data))
        {
            var url = await service.ReadyAsync();
            var second = (await File.ReadAllTextAsync(data.TokenFile)).Trim();
            Assert.NotEqual(first, second);
            Assert.Equal(HttpStatusCode.OK, await AskAsync(url, second));
            await StopAsync(service);
        }
    }

    [Fact]
    public async Task Ready_ServiceFile_NamesAddressAndPidUntilTheStop()
    {
        using var service = new ServiceProcess(data);
        var url = await service.ReadyAsync();
        var running = JsonSerializer.Deserialize<RunningService>(await File.ReadAllTextAsync(data.ServiceFile), JsonConventions.Options)!;
        Assert.Equal(url, new Uri(running.Url));
        Assert.Equal(service.Pid, running.Pid);
        Assert.True(running.IsSeenFromHere(), "its process cannot be told from others of its number");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(data.ServiceFile));
        service.Terminate();
        Assert.Equal(0, await service.ExitCodeAsync(StopLimit));
        Assert.False(File.Exists(data.ServiceFile));
        Assert.False(File.Exists(PostmasterFile()));
    }

    [Fact]
    public async Task Killed_NextStart_TakesOverAtOnce()
    {
        string token;
        using (var service = new ServiceProcess(data))
        {
            await service.ReadyAsync();
            token = (await File.ReadAllTextAsync(data.TokenFile)).Trim();
            service.Kill();
            await service.ExitCodeAsync();
        }

        Assert.True(File.Exists(data.ServiceFile));
        using var next = new ServiceProcess(data);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(await next.ReadyAsync(), token));
        await StopAsync(next);
    }

    [Fact]
    public async Task DatabaseEndsUnderneath_ServiceStopsWithOneLine()
    {
        using var service = new ServiceProcess(data, ("Logging__LogLevel__Default", "None"));
        await service.ReadyAsync();
        using (var postmaster = Process.GetProcessById(int.Parse(File.ReadLines(PostmasterFile()).First())))
        {
            postmaster.Kill();
        }

        Assert.Equal(1, await service.ExitCodeAsync());
        Assert.StartsWith("codex-service: The private PostgreSQL server ended unexpectedly", service.Error[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task DockerNotRunning_ServiceStartsAndSaysSo()
    {
        using var service = new ServiceProcess(data, ("DOCKER_HOST", $"unix://{data.Root}/no-docker.sock"));
        var url = await service.ReadyAsync();
        using var response = await http.GetAsync(new Uri(url, "/health/ready"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var health = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal("degraded", health.RootElement.GetProperty("status").GetString());
        Assert.Contains("no-docker.sock", health.RootElement.GetProperty("checks").GetProperty("sandbox").GetProperty("description").GetString(), StringComparison.Ordinal);
        await service.ToldAsync("Tasks cannot run yet");
        await StopAsync(service);
        Assert.Contains(service.Error, line => line.Contains("Tasks cannot run yet", StringComparison.Ordinal));
    }

    [Fact]
    public async Task DataFolderCannotBeUsed_IsOneLine()
    {
        var occupied = Path.Combine(data.Root, "file");
        await File.WriteAllTextAsync(occupied, string.Empty);
        var line = await RefusedAsync(new DataFolder(Path.Combine(occupied, "data")));
        Assert.StartsWith($"codex-service: The data folder {occupied}/data cannot be written:", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CODEX_DATABASE", "top-secret nonsense", "CODEX_DATABASE is no PostgreSQL connection string")]
    [InlineData("CODEX_RABBITMQ", "top-secret", "CODEX_RABBITMQ is not a broker address")]
    [InlineData("CODEX_PORT", "eighty", "CODEX_PORT is \"eighty\"")]
    [InlineData("CODEX_GITHUB_APP_ID", "1", "CODEX_GITHUB_APP_ID is set, but CODEX_GITHUB_APP_KEY is missing")]
    [InlineData("CODEX_GITHUB_WEBHOOK_SECRET", "top-secret", "CODEX_GITHUB_WEBHOOK_SECRET is too short")]
    [InlineData("Worker__Slots", "-3", "Worker:Slots has to be from 1 to 256")]
    public async Task BadSetting_IsOneLineThatNamesItBeforeTheDatabaseIsMade(string name, string value, string expected)
    {
        var line = await RefusedAsync(data, (name, value));
        Assert.StartsWith($"codex-service: {expected}", line, StringComparison.Ordinal);
        Assert.DoesNotContain("top-secret", line, StringComparison.Ordinal);
        Assert.False(Directory.Exists(data.Postgres), "the database was made for settings that are refused");
    }

    private static async Task<string> RefusedAsync(DataFolder folder, params (string Name, string Value)[] settings)
    {
        using var service = new ServiceProcess(folder, settings);
        Assert.Equal(1, await service.ExitCodeAsync());
        return Assert.Single(service.Error);
    }

    private static async Task StopAsync(ServiceProcess service)
    {
        service.CloseInput();
        Assert.Equal(0, await service.ExitCodeAsync(StopLimit));
    }

    private async Task<HttpStatusCode> AskAsync(Uri url, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url, "/api/service"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(request);
        return response.StatusCode;
    }

    private string PostmasterFile() => Path.Combine(data.Postgres, "data", "postmaster.pid");
}
