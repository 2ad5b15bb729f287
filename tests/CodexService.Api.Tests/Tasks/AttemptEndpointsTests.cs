using System.Net;
using System.Text.Json;
using CodexService.Api.Tests.Hosting;
using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Leases;
using CodexService.Testing;

namespace CodexService.Api.Tests.Tasks;

public sealed class AttemptEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>, IDisposable
{
    private readonly ApiClient client = api.Client();

    public void Dispose() => client.Dispose();

    [Fact]
    public async Task Submit_ModelsAndBoth_SpreadsThemOverTheAttempts()
    {
        var task = await SubmitAsync(Least() with { Brain = BrainChoice.Both, Models = ["small", " team/large:2 "] });
        Assert.Equal([("repair", null), ("model", "small"), ("model", "team/large:2")], task.Attempts.Select(attempt => (attempt.Brain, attempt.Model)));
        Assert.Equal(("both", null), (task.Summary.Brain, task.Model));
        Assert.Equivalent(task, await client.GetAsync<TaskDetail>($"/api/tasks/{task.Summary.Id}"), strict: true);
    }

    [Fact]
    public async Task Submit_WithoutANumberOfAttempts_HasAsManyAsItNeeds()
    {
        Assert.Equal(2, (await SubmitAsync(Least() with { Brain = BrainChoice.Both })).Attempts.Count);
        Assert.Equal(3, (await SubmitAsync(Least() with { Models = ["a", "b", "c"] })).Attempts.Count);
        Assert.Equal("a", (await SubmitAsync(Least() with { Models = ["a"] })).Model);
        Assert.Single((await SubmitAsync(Least() with { Models = [] })).Attempts);
        Assert.Equal(["a", "b", "a", "b"], (await SubmitAsync(Least() with { Models = ["a", "b"], Attempts = 4 })).Attempts.Select(attempt => attempt.Model));
    }

    [Fact]
    public async Task Service_ModelsInItsSettings_AreNamedForTheForm()
    {
        await using var host = await ApiHost.StartAsync(api.Database, api.Folder, ("CODEX_MODEL_URL", "http://127.0.0.1:1/v1"), ("Models:Named:0:Name", "small"), ("Models:Named:0:Key", "sk-secret"), ("Models:Named:1:Name", "large"));
        using var other = new ApiClient(host.Address, api.Token);
        Assert.Equal(["default", "small", "large"], (await other.GetAsync<ServiceInfo>("/api/service")).Models);
        Assert.Empty((await client.GetAsync<ServiceInfo>("/api/service")).Models);
    }

    [Theory]
    [InlineData("""{"models":["https://user:secret@host"]}""", "models", "Each of the models has to be the name of a configured model: 1 to 64 letters")]
    [InlineData("""{"models":["a",null]}""", "models", "Each of the models has to be the name of a configured model: 1 to 64 letters")]
    [InlineData("""{"models":["a","A"]}""", "models", "The models hold a name twice; each is asked in turn anyway, so name it once and raise attempts.")]
    [InlineData("""{"models":["a"],"model":"b"}""", "models", "Name the models either in model or in models, not in both.")]
    [InlineData("""{"models":["a"],"brain":"repair"}""", "models", "The repair brain asks no model; leave models out, or choose the brain model or both.")]
    [InlineData("""{"models":["a","b","c","d","e","f","g","h","i"]}""", "models", "9 models are more than there can be attempts for them; name at most 8.")]
    [InlineData("""{"models":["a","b","c","d","e","f","g","h"],"brain":"both"}""", "models", "8 models are more than there can be attempts for them; name at most 7.")]
    [InlineData("""{"models":["a","b","c"],"attempts":2}""", "attempts", "3 models take at least 3 attempts; raise attempts or leave it out.")]
    [InlineData("""{"models":["a","b"],"brain":"both","attempts":2}""", "attempts", "The repair brain and 2 models take at least 3 attempts; raise attempts or leave it out.")]
    [InlineData("""{"brain":"both","attempts":1}""", "attempts", "The repair brain and a model take at least 2 attempts; raise attempts or leave it out.")]
    [InlineData("""{"attempts":9}""", "attempts", "Attempts have to be from 1 to 8.")]
    public async Task Submit_VariantsThatCannotBe_Is400WithOneLine(string part, string field, string line)
    {
        var body = $$"""{"repository":"{{api.Repository.Path}}","prompt":"Fix it",{{part[1..]}}""";
        var problem = await ApiClient.ProblemAsync(await client.PostTextAsync("/api/tasks", body), HttpStatusCode.BadRequest);
        Assert.Equal([field], problem.Errors!.Keys);
        Assert.StartsWith(line, Assert.Single(problem.Errors[field]), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", problem.Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attempt_EachOfSeveral_ShowsItsOwnWork()
    {
        var (id, leases) = await RunningAsync(3);
        await api.Worker.SucceedAsync(leases[0], lines: 9);
        await api.Worker.Leases.FinishAsync(
            leases[1], new AttemptOutcome(AttemptState.NoChange, "2 tests break", TaskServices.Result(leases[1], lines: 3, broken: 2), ["0", "1"]), CancellationToken.None);

        var json = await client.GetAsync<JsonElement>($"/api/tasks/{id}/attempts/1");
        var attempt = json.GetProperty("attempt");
        Assert.Equal((1, true, 13, 0, 9), (attempt.GetProperty("rank").GetInt32(), attempt.GetProperty("verified").GetBoolean(), attempt.GetProperty("tests_passed").GetInt32(), attempt.GetProperty("regressions").GetInt32(), attempt.GetProperty("patch_lines").GetInt32()));
        Assert.Equal("Fix the pagination of users", json.GetProperty("title").GetString());
        Assert.True(attempt.GetProperty("usage").GetProperty("wall_seconds").GetDouble() > 0);

        var refuted = await client.GetAsync<AttemptDetail>($"/api/tasks/{id}/attempts/2");
        Assert.Equal((false, null, 2, 2), (refuted.Attempt.Verified, refuted.Attempt.Rank, refuted.Attempt.Regressions, refuted.Verification!.Broken.Count));
        var patch = await client.SendAsync(HttpMethod.Get, $"/api/tasks/{id}/attempts/2/patch");
        Assert.Equal(("text/x-diff", $"codex-{id:N}-2.patch"), (patch.Content.Headers.ContentType?.MediaType, patch.Content.Headers.ContentDisposition?.FileName));
        Assert.Equal(TaskServices.Result(leases[1], lines: 3).Patch, await patch.Content.ReadAsStringAsync());
        Assert.Equal("1", await (await client.SendAsync(HttpMethod.Get, $"/api/tasks/{id}/attempts/2/evidence/1")).Content.ReadAsStringAsync());
        Assert.Null((await client.GetAsync<AttemptDetail>($"/api/tasks/{id}/attempts/3")).Patch);
    }

    [Theory]
    [InlineData("GET", "/attempts/9", "has no attempt 9.")]
    [InlineData("GET", "/attempts/1/patch", "Attempt 1 of task")]
    [InlineData("GET", "/attempts/1/evidence/0", "has no recorded command 0.")]
    [InlineData("GET", "/attempts/one", "There is nothing at")]
    public async Task Attempt_NotThere_Is404(string method, string path, string line)
    {
        var id = await api.Worker.SubmitAsync();
        var problem = await ApiClient.ProblemAsync(await client.SendAsync(new HttpMethod(method), $"/api/tasks/{id}{path}"), HttpStatusCode.NotFound);
        Assert.Contains(line, problem.Title, StringComparison.Ordinal);
        await ApiClient.ProblemAsync(await client.SendAsync(new HttpMethod(method), $"/api/tasks/{Guid.NewGuid()}{path}"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Choose_WhileOthersRunAndLater_AnswersTheTaskOr409()
    {
        var (id, leases) = await RunningAsync(3);
        await ConflictAsync(id, 1, "Attempt 1 cannot be chosen yet: its patch is not verified.");
        await ConflictAsync(id, 7, "The task has no attempt 7; its attempts are 1 to 3.");
        await api.Worker.SucceedAsync(leases[0], lines: 9);
        await api.Worker.SucceedAsync(leases[1], lines: 5);
        var chosen = await ApiClient.ReadAsync<TaskDetail>(await client.PostAsync($"/api/tasks/{id}/attempts/1/choose"), HttpStatusCode.OK);
        Assert.Equal((TaskState.Running, true, false), (chosen.Summary.State, chosen.Attempts[0].IsChosen, chosen.Attempts[1].IsChosen));
        Assert.Equal(LeaseStanding.CancelRequested, await api.Worker.Leases.HeartbeatAsync(leases[2], CancellationToken.None));
        await api.Worker.FinishAsync(leases[2], AttemptState.Cancelled);
        await ConflictAsync(id, 2, "the pull request of another attempt is being opened");
        var number = await api.Worker.OpenPullRequestAsync(id);

        var other = await ApiClient.ReadAsync<TaskDetail>(await client.PostAsync($"/api/tasks/{id}/attempts/2/choose"), HttpStatusCode.OK);
        Assert.Equal((TaskState.Publishing, true, number), (other.Summary.State, other.Attempts[1].IsChosen, other.PullRequest!.Number));
        await ConflictAsync(id, 3, "Attempt 3 cannot be chosen: its patch is not verified; download it and apply it by hand.");
        var problem = await ApiClient.ProblemAsync(await client.PostAsync($"/api/tasks/{Guid.NewGuid()}/attempts/1/choose"), HttpStatusCode.NotFound);
        Assert.StartsWith("There is no task", problem.Title, StringComparison.Ordinal);
    }

    private SubmitTaskRequest Least() => new(api.Repository.Path, "Fix add");

    private async Task<TaskDetail> SubmitAsync(SubmitTaskRequest request) =>
        await ApiClient.ReadAsync<TaskDetail>(await client.PostAsync("/api/tasks", request), HttpStatusCode.Created);

    private async Task<(Guid Id, List<AttemptLease> Leases)> RunningAsync(int attempts)
    {
        var id = await api.Worker.SubmitAsync(attempts);
        var leases = new List<AttemptLease>();
        foreach (var attempt in (await api.Worker.DetailAsync(id)).Attempts)
        {
            leases.Add((await api.Worker.Leases.ClaimAsync(attempt.Id, "worker-1", CancellationToken.None))!.Lease);
        }

        return (id, leases);
    }

    private async Task ConflictAsync(Guid id, int number, string line)
    {
        var problem = await ApiClient.ProblemAsync(await client.PostAsync($"/api/tasks/{id}/attempts/{number}/choose"), HttpStatusCode.Conflict);
        Assert.Contains(line, problem.Title, StringComparison.Ordinal);
    }
}
