using System.Text.Json;
using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing;
using CodexService.Testing.GitHub;
using CodexService.Testing.ScriptedModels;
using Xunit.Abstractions;
using static CodexService.Integration.Tests.ModelBrain.AddTask;

namespace CodexService.Integration.Tests.GitHub;

/// <summary>
/// A push to the base brings our pull request on the emulated GitHub into conflict: a follow-up resolves it by itself, with a scripted
/// model, and the pull request can be merged again.
/// </summary>
public sealed class ConflictsOnGitHubTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string WebhookSecret = "canary-webhook-secret-91ad";
    private const string Repository = "acme/sums";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly PostgresFixture postgres = new();
    private readonly EmulatorFixture emulator = new();
    private string database = "";

    public async Task InitializeAsync()
    {
        database = await postgres.CreateDatabaseAsync();
        await emulator.InitializeAsync();
        await emulator.Control.CreateRepositoryAsync(Repository, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["calc.py"] = "def add(a, b):\n    return a - b\n",
            ["test_calc.py"] = "from calc import add\n\n\ndef test_add():\n    assert add(2, 3) == 5\n",
            [".github/workflows/ci.yml"] = "on: push\n",
        });
        await emulator.Control.AddPersonAsync("ann", "ghp_ann");
        await emulator.Control.AllowAsync(Repository, "ann", "push");
    }

    public async Task DisposeAsync()
    {
        await emulator.DisposeAsync();
        await postgres.DisposeAsync();
    }

    [Fact]
    public async Task Push_ThatConflictsWithOurPullRequest_IsResolvedInOneCommitWithTwoParents()
    {
        await using var model = await ScriptedModelServer.StartAsync(
            Edit,
            RunTests,
            Submit,
            ScriptedTurn.Call("write", new { path = "calc.py", content = "def add(a, b):\n    return float(a + b)\n" }),
            RunTests,
            ScriptedTurn.Call("submit", new { title = "Keep both sides", summary = "The float of main and the sum of the pull request." }));
        await using var stack = await StandaloneStack.StartAsync(
            database,
            ("CODEX_MODEL_URL", model.BaseUrl),
            ("CODEX_MODEL", "scripted"),
            ("GITHUB_API_URL", emulator.Api.AbsoluteUri),
            ("CODEX_GITHUB_APP_ID", EmulatorFixture.AppId),
            ("CODEX_GITHUB_APP_KEY", emulator.AppKey.ExportPkcs8PrivateKeyPem()),
            ("CODEX_GITHUB_WEBHOOK_SECRET", WebhookSecret));
        await emulator.Control.AddHookAsync(new Uri($"{stack.Url}/webhooks/github"), WebhookSecret);
        try
        {
            var issue = await emulator.OpenIssueAsync(Repository, "ann", "add subtracts", "2 and 3 make -1.");
            await emulator.SendAsync("ann", HttpMethod.Post, $"repos/{Repository}/issues/{issue}/labels", new { labels = new[] { "codex" } });
            var pull = await UntilAsync("the pull request", async () => (await GetAsync("pulls?state=all")).EnumerateArray().SingleOrDefault() is { ValueKind: JsonValueKind.Object } one ? one : (JsonElement?)null);
            var (number, head) = (pull.GetProperty("number").GetInt32(), Head(pull));

            // The workflow is the base's own change, and is not held.
            var tip = await emulator.Control.PushAsync(Repository, "main", "ann", new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["calc.py"] = "def add(a, b):\n    return float(a - b)\n",
                [".github/workflows/ci.yml"] = "on: [push, pull_request]\n",
            });
            Assert.False((await GetAsync($"pulls/{number}")).GetProperty("mergeable").GetBoolean());

            var resolved = await UntilAsync("the resolution", async () => await GetAsync($"pulls/{number}") is var now && Head(now) != head ? now : (JsonElement?)null);

            Assert.True(resolved.GetProperty("mergeable").GetBoolean());
            var commit = await GetAsync($"git/commits/{Head(resolved)}");
            Assert.Equal([head, tip], commit.GetProperty("parents").EnumerateArray().Select(parent => parent.GetProperty("sha").GetString()));
            Assert.Contains("Codex-Task: ", commit.GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.Contains("Co-authored-by: ann", commit.GetProperty("message").GetString(), StringComparison.Ordinal);
            var branch = resolved.GetProperty("head").GetProperty("ref").GetString()!;
            Assert.Equal("def add(a, b):\n    return float(a + b)\n", await FileAsync("calc.py", branch));
            Assert.Equal("on: [push, pull_request]\n", await FileAsync(".github/workflows/ci.yml", branch));

            var id = await UntilAsync("the end of the round", async () => await TaskAsync(stack) is { Summary.State: TaskState.Succeeded, Prompts.Count: 2 } task ? task : null);
            Assert.Empty(id.PullRequest!.HeldForApproval);
            await emulator.Control.SetDraftAsync(Repository, number, draft: false);
            await emulator.SendAsync("ann", HttpMethod.Put, $"repos/{Repository}/pulls/{number}/merge", new { sha = Head(resolved) });
            Assert.Equal("def add(a, b):\n    return float(a + b)\n", await FileAsync("calc.py", "main"));
        }
        catch
        {
            output.WriteLine(stack.Folder.Output());
            throw;
        }
    }

    private static async Task<TaskDetail> TaskAsync(StandaloneStack stack)
    {
        using var summaries = await stack.Api.GetAsync("/api/tasks");
        var id = JsonDocument.Parse(await summaries.Content.ReadAsStringAsync()).RootElement.GetProperty("items")[0].GetProperty("id").GetGuid();
        return await stack.Api.TaskAsync(id);
    }

    private static string Head(JsonElement pull) => pull.GetProperty("head").GetProperty("sha").GetString()!;

    private async Task<string> FileAsync(string path, string reference) =>
        System.Text.Encoding.UTF8.GetString(Convert.FromBase64String((await GetAsync($"contents/{path}?ref={Uri.EscapeDataString(reference)}")).GetProperty("content").GetString()!));

    private Task<JsonElement> GetAsync(string path) => emulator.SendAsync("ann", HttpMethod.Get, $"repos/{Repository}/{path}");

    // GitHub tells nobody when a commit appears: the test looks, as a person would.
    private static async Task<T> UntilAsync<T>(string what, Func<Task<T?>> look)
        where T : struct
    {
        T? found = default;
        await LookAsync(what, async () => (found = await look()) is not null);
        return found!.Value;
    }

    private static async Task<TaskDetail> UntilAsync(string what, Func<Task<TaskDetail?>> look)
    {
        TaskDetail? found = null;
        await LookAsync(what, async () => (found = await look()) is not null);
        return found!;
    }

    private static async Task LookAsync(string what, Func<Task<bool>> look)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!await look())
        {
            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"{what} did not come");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System, CancellationToken.None);
        }
    }
}
