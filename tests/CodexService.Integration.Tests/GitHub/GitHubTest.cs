using System.Text;
using System.Text.Json;
using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing;
using CodexService.Testing.GitHub;
using CodexService.Testing.ScriptedModels;
using Xunit.Abstractions;

namespace CodexService.Integration.Tests.GitHub;

/// <summary>A test on the emulated GitHub, in a repository whose <c>add</c> subtracts and where ann may write.</summary>
public abstract class GitHubTest(string repository, ITestOutputHelper output) : IAsyncLifetime
{
    protected const string WebhookSecret = "canary-webhook-secret-5f1c";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    private readonly PostgresFixture postgres = new();

    protected string Repository => repository;

    protected EmulatorFixture Emulator { get; } = new();

    protected string Database { get; private set; } = "";

    /// <summary>What the repository holds besides.</summary>
    protected virtual IReadOnlyDictionary<string, string> Files => new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Texts that are secret; of the App's key a middle line, as its first is the same for every key.</summary>
    protected IReadOnlyList<string> Canaries => [AppKeyLine, "ghs_", WebhookSecret, "PRIVATE KEY"];

    /// <summary>A line of the App's key.</summary>
    protected string AppKeyLine => Emulator.AppKey.ExportPkcs8PrivateKeyPem().Split('\n')[5].Trim();

    public async Task InitializeAsync()
    {
        Database = await postgres.CreateDatabaseAsync();
        await Emulator.InitializeAsync();
        await Emulator.Control.CreateRepositoryAsync(repository, new Dictionary<string, string>(Files, StringComparer.Ordinal)
        {
            ["calc.py"] = "def add(a, b):\n    return a - b\n",
            ["test_calc.py"] = "from calc import add\n\n\ndef test_add():\n    assert add(2, 3) == 5\n",
            [".github/workflows/ci.yml"] = "on: push\n",
        });
        await Emulator.Control.AddPersonAsync("ann", "ghp_ann");
        await Emulator.Control.AllowAsync(repository, "ann", "push");
    }

    public async Task DisposeAsync()
    {
        await Emulator.DisposeAsync();
        await postgres.DisposeAsync();
    }

    /// <summary>All of the service in one process, with this model or none.</summary>
    internal async Task<StandaloneStack> StartStandaloneAsync(ScriptedModelServer? model)
    {
        (string, string)[] models = model is null ? [] : [("CODEX_MODEL_URL", model.BaseUrl), ("CODEX_MODEL", "scripted")];
        var stack = await StandaloneStack.StartAsync(
            Database,
            [.. models,
            ("GITHUB_API_URL", Emulator.Api.AbsoluteUri),
            ("CODEX_GITHUB_APP_ID", EmulatorFixture.AppId),
            ("CODEX_GITHUB_APP_KEY", Emulator.AppKey.ExportPkcs8PrivateKeyPem()),
            ("CODEX_GITHUB_WEBHOOK_SECRET", WebhookSecret)]);
        await Emulator.Control.AddHookAsync(new Uri($"{stack.Url}/webhooks/github"), WebhookSecret);
        return stack;
    }

    /// <summary>Does what the test does; when that fails, what the service said is shown.</summary>
    internal async Task ShowingAsync(StackFolder folder, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch
        {
            output.WriteLine(folder.Output());
            throw;
        }
    }

    internal static async Task<TaskDetail> OnlyTaskAsync(ApiClient api)
    {
        using var summaries = await api.GetAsync("/api/tasks");
        return await api.TaskAsync(Assert.Single(JsonDocument.Parse(await summaries.Content.ReadAsStringAsync()).RootElement.GetProperty("items").EnumerateArray()).GetProperty("id").GetGuid());
    }

    protected static string Head(JsonElement pull) => pull.GetProperty("head").GetProperty("sha").GetString()!;

    protected Task<JsonElement> GetAsync(string path) => Emulator.SendAsync("ann", HttpMethod.Get, $"repos/{repository}/{path}");

    protected Task<JsonElement> PostAsync(string login, string path, object body) => Emulator.SendAsync(login, HttpMethod.Post, $"repos/{repository}/{path}", body);

    protected Task LabelAsync(int issue) => PostAsync("ann", $"issues/{issue}/labels", new { labels = new[] { "codex" } });

    protected async Task<IReadOnlyList<JsonElement>> ListAsync(string path) => [.. (await GetAsync(path)).EnumerateArray()];

    protected async Task<IReadOnlyList<string>> CommentsAsync(int number) => [.. (await ListAsync($"issues/{number}/comments")).Select(one => one.GetProperty("body").GetString()!)];

    protected async Task<string> FileAsync(string path, string reference) =>
        Encoding.UTF8.GetString(Convert.FromBase64String((await GetAsync($"contents/{path}?ref={Uri.EscapeDataString(reference)}")).GetProperty("content").GetString()!));

    /// <summary>All that the database holds, by table.</summary>
    protected async Task<IReadOnlyDictionary<string, string>> TablesAsync()
    {
        var tables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var table in await Sql.RowsAsync(Database, "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"))
        {
            tables[$"the table {table[0]}"] = string.Join('\n', (await Sql.RowsAsync(Database, $"SELECT t::text FROM \"{table[0]}\" t")).Select(row => row[0]));
        }

        return tables;
    }

    // GitHub tells nobody when a comment appears: the test looks, as a person would.
    protected static async Task<T> UntilAsync<T>(string what, Func<Task<T?>> look)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!limit.IsCancellationRequested)
        {
            if (await look() is { } found && !Equals(found, default(T)))
            {
                return found;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System, CancellationToken.None);
        }

        throw new TimeoutException($"{what} did not come");
    }

    protected Task<JsonElement> PullRequestAsync() => UntilAsync("the pull request", async () => (await ListAsync("pulls?state=all")).SingleOrDefault());
}
