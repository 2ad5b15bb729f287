using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CodexService.Testing.GitHub;

/// <summary>What a test does to GitHub behind the client's back: see <c>Emulator/control.mjs</c>. Repositories are named <c>owner/name</c>.</summary>
public sealed class EmulatorControl(HttpClient http)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Makes a repository on branch <c>main</c> whose first commit holds the files.</summary>
    public Task CreateRepositoryAsync(string repository, IReadOnlyDictionary<string, string> files, bool isPrivate = false) =>
        PostAsync("repositories", new { owner = repository.Split('/')[0], name = repository.Split('/')[1], files, @private = isPrivate });

    /// <summary>Pushes a commit as a person and returns its id; a file of <see langword="null"/> is deleted.</summary>
    /// <param name="repository">Repository.</param>
    /// <param name="branch">Branch; made from <paramref name="from"/> or the default branch when it is not there.</param>
    /// <param name="login">Who pushes.</param>
    /// <param name="files">Path and new content.</param>
    /// <param name="message">Commit message.</param>
    /// <param name="from">Parent; default the branch's head.</param>
    public async Task<string> PushAsync(string repository, string branch, string login, IReadOnlyDictionary<string, string?> files, string message = "By hand", string? from = null)
    {
        // A null has to arrive.
        var answer = await PostAsync("commits", new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["repository"] = repository, ["branch"] = branch, ["login"] = login, ["files"] = files, ["message"] = message, ["from"] = from,
        });
        return answer.GetProperty("sha").GetString()!;
    }

    /// <summary>All references, for example <c>refs/heads/main</c>, with their commits.</summary>
    public async Task<IReadOnlyDictionary<string, string>> RefsAsync(string repository) =>
        (await PostAsync("refs", new { repository })).Deserialize<Dictionary<string, string>>()!;

    /// <summary>Moves a branch as a forced push does.</summary>
    public Task MoveBranchAsync(string repository, string branch, string commit, string login) =>
        PostAsync("move", new { repository, @ref = $"refs/heads/{branch}", sha = commit, login });

    /// <summary>Deletes a branch.</summary>
    public Task DeleteBranchAsync(string repository, string branch) => PostAsync("move", new { repository, @ref = $"refs/heads/{branch}" });

    /// <summary>Makes it read-only.</summary>
    public Task ArchiveAsync(string repository) => PostAsync("change", new { repository, archived = true });

    /// <summary>Hides it from everybody without a role in it.</summary>
    public Task MakePrivateAsync(string repository) => PostAsync("change", new { repository, @private = true });

    /// <summary>Gives it another name under the same owner; the old one redirects.</summary>
    public Task RenameAsync(string repository, string name) => PostAsync("rename", new { repository, name });

    /// <summary>Deletes it.</summary>
    public Task RemoveAsync(string repository) => PostAsync("remove", new { repository });

    /// <summary>Protects a branch: reviews are required, references are not moved.</summary>
    public Task ProtectAsync(string repository, string branch) => PostAsync("protect", new { repository, branch });

    /// <summary>Takes squashes and rebases alone.</summary>
    public Task ForbidMergeCommitsAsync(string repository) => PostAsync("change", new { repository, allow_merge_commit = false });

    /// <summary>Marks a pull request as ready or not.</summary>
    public Task SetDraftAsync(string repository, int number, bool draft) => PostAsync("pull", new { repository, number, draft });

    /// <summary>Locks an issue's conversation.</summary>
    public Task LockAsync(string repository, int number) => PostAsync("lock", new { repository, number });

    /// <summary>Adds a person, with a token if one is given.</summary>
    public Task AddPersonAsync(string login, string? token = null) => PostAsync("people", token is null ? new { login, repository = "writer/own", permission = "none" } : new { login, token });

    /// <summary>Gives a person a role: <c>pull</c>, <c>triage</c>, <c>push</c>, <c>maintain</c>, <c>admin</c>, <c>none</c>.</summary>
    public Task AllowAsync(string repository, string login, string permission) => PostAsync("people", new { login, repository, permission });

    /// <summary>Suspends or resumes the App's installation; minted tokens are void.</summary>
    public Task SuspendAsync(string account, bool suspended = true) => PostAsync("installation", new { account, suspended });

    /// <summary>Makes the tokens of the App's installation void, as a reinstallation does.</summary>
    public Task RevokeTokensAsync(string account) => PostAsync("installation", new { account, suspended = false });

    /// <summary>Registers a webhook; without a repository it is the App's, for every repository that it is installed on.</summary>
    public Task AddHookAsync(Uri url, string secret, string? repository = null, IReadOnlyList<string>? events = null) => PostAsync("hooks", new { url, secret, repository, events });

    /// <summary>Forgets all webhooks.</summary>
    public Task RemoveHooksAsync() => PostAsync("unhook", new { });

    /// <summary>Deliveries so far, when all that happened so far is delivered.</summary>
    public async Task<IReadOnlyList<EmulatedDelivery>> DeliveriesAsync() => (await PostAsync("deliveries", new { })).Deserialize<List<EmulatedDelivery>>(Json)!;

    /// <summary>Sends a delivery once more under its own id.</summary>
    public Task RedeliverAsync(string id) => PostAsync("redeliver", new { id });

    /// <summary>What a call had that GitHub's description does not allow; it is not held against the client any more.</summary>
    /// <param name="method">HTTP method.</param>
    /// <param name="path">Path without the query.</param>
    public async Task<IReadOnlyList<string>> ForgiveAsync(HttpMethod method, string path) => (await PostAsync("forgive", new { call = $"{method} {path}" })).Deserialize<List<string>>()!;

    /// <summary>Injects faults: see <c>Emulator/faults.mjs</c>.</summary>
    public Task InjectAsync(params IReadOnlyList<EmulatedFault> faults) => PostAsync("faults", faults);

    /// <summary>Ends the faults of a path, or all, and tells which calls they hit.</summary>
    public async Task<IReadOnlyList<string>> CalmAsync(string? path = null) => (await PostAsync("calm", new { path })).Deserialize<List<string>>()!;

    private async Task<JsonElement> PostAsync(string what, object body)
    {
        var json = body is Dictionary<string, object?> ? new JsonSerializerOptions(Json) { DefaultIgnoreCondition = JsonIgnoreCondition.Never } : Json;
        using var answer = await http.PostAsJsonAsync($"_control/{what}", body, json);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonDocument.Parse(text).RootElement : throw new InvalidOperationException($"control {what}: {text}");
    }
}

/// <summary>A webhook delivery.</summary>
/// <param name="Id">Value of <c>X-GitHub-Delivery</c>.</param>
/// <param name="Event">Value of <c>X-GitHub-Event</c>.</param>
/// <param name="Action">The payload's action.</param>
/// <param name="Status">What the receiver answered; 0 when it did not.</param>
/// <param name="Payload">Body.</param>
public sealed record EmulatedDelivery(string Id, string Event, string? Action, int? Status, JsonElement Payload);

/// <summary>A fault of the calls that it matches, or a draw of faults when it has a seed.</summary>
public sealed record EmulatedFault
{
    /// <summary><c>cut</c>, <c>lost</c>, <c>failed</c>, <c>delay</c>, <c>limit</c>, <c>busy</c>, <c>refused</c> or <c>answer</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>HTTP method; default all.</summary>
    public string? Method { get; init; }

    /// <summary>Regular expression over the path; default all.</summary>
    public string? Path { get; init; }

    /// <summary>How many matching calls pass first.</summary>
    public int? Skip { get; init; }

    /// <summary>How often it happens; default once, 0 for ever.</summary>
    public int? Times { get; init; }

    /// <summary>Status of an <c>answer</c>.</summary>
    public int? Status { get; init; }

    /// <summary>Body of an <c>answer</c>.</summary>
    public object? Body { get; init; }

    /// <summary>Seconds of <c>limit</c> and <c>busy</c>; default 0.</summary>
    public int? Seconds { get; init; }

    /// <summary>Length of a <c>delay</c>.</summary>
    public int? Milliseconds { get; init; }

    /// <summary>Makes it a draw: every matching call is hit with the probability <see cref="Rate"/>.</summary>
    public int? Seed { get; init; }

    /// <summary>Probability of a draw; default 0.3.</summary>
    public double? Rate { get; init; }

    /// <summary>How many faults a draw injects at most; default 5.</summary>
    public int? Most { get; init; }
}
