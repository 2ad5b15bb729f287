using CodexService.Integration.Tests.Stack;
using CodexService.Testing;

namespace CodexService.Integration.Tests.GitHub;

/// <summary>API, worker and pull-request service as processes of their own, each with a data folder and the settings that it needs, and no others.</summary>
internal sealed class GitHubStack : IAsyncDisposable
{
    private const string Ready = "Application started";

    private readonly RabbitMqFixture broker;

    private GitHubStack(RabbitMqFixture broker) => this.broker = broker;

    public StackFolder Folder { get; } = new();

    public string Url { get; private set; } = "";

    public ApiClient Api { get; private set; } = null!;

    /// <summary>The processes by name.</summary>
    public Dictionary<string, HostProcess> Processes { get; } = new(StringComparer.Ordinal);

    /// <summary>Starts all three.</summary>
    public static async Task<GitHubStack> StartAsync(
        string database, (string Key, string Value)[] all, (string Key, string Value)[] api, (string Key, string Value)[] worker, (string Key, string Value)[] pullRequests)
    {
        var stack = new GitHubStack(RabbitMqFixture.OfItsOwn());
        try
        {
            await stack.broker.InitializeAsync();
            (string, string)[] common =
            [
                ("CODEX_DATABASE", database),
                ("CODEX_RABBITMQ", stack.broker.Address.ToString()),
                ("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Information"),
                ("Worker__Slots", "1"),
                .. all,
            ];
            var host = stack.Start("Api", [.. common, ("ASPNETCORE_URLS", "http://127.0.0.1:0"), .. api]);
            var token = (await host.LineAsync(line => line.StartsWith("API token", StringComparison.Ordinal))).Split(' ')[^1];
            stack.Url = await host.AddressAsync();
            stack.Api = new ApiClient(stack.Url, token);
            await Task.WhenAll(
                host.LineAsync(IsReady), stack.Start("Worker", [.. common, .. worker]).LineAsync(IsReady), stack.Start("PullRequests", [.. common, .. pullRequests]).LineAsync(IsReady));
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>What a process was started with, as others on the machine may read it.</summary>
    public Task<string> EnvironmentAsync(string name) => File.ReadAllTextAsync($"/proc/{Processes[name].Id}/environ");

    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        try
        {
            await Folder.DisposeAsync();
        }
        finally
        {
            await broker.DisposeAsync();
        }
    }

    private HostProcess Start(string name, (string Key, string Value)[] settings)
    {
        var own = settings.ToDictionary(setting => setting.Key, setting => setting.Value, StringComparer.Ordinal);
        own["CODEX_DATA"] = Directory.CreateDirectory(Path.Combine(Folder.Path, "data", name)).FullName;
        return Processes[name] = Folder.Start(name, own);
    }

    private static bool IsReady(string line) => line.Contains(Ready, StringComparison.Ordinal);
}
