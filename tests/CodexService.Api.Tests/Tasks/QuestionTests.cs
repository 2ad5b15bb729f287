using System.Net;
using System.Text.Json;
using CodexService.Api.Tests.Hosting;
using CodexService.Contracts.Api;
using CodexService.Tasks.Turns;

namespace CodexService.Api.Tests.Tasks;

public sealed class QuestionTests(ApiFixture api) : IClassFixture<ApiFixture>, IDisposable
{
    private const string Opening = """{"number":0,"notes":["system","first"],"settings":{"promptHash":"abc","promptVersion":1,"model":"m","attempt":1,"temperature":0.2,"workingContextTokens":24000,"limits":{},"tools":["view"],"marker":"1"}}""";

    private readonly ApiClient client = api.Client();

    public void Dispose() => client.Dispose();

    [Fact]
    public async Task Submit_Question_NeedsNoTestCommandAndGuessesNone()
    {
        var task = await ApiClient.ReadAsync<TaskDetail>(await client.PostAsync("/api/tasks", Question()), HttpStatusCode.Created);

        Assert.Equal((TaskKind.Ask, "", TaskState.Queued), (task.Summary.Kind, task.TestCommand, task.Summary.State));
        var page = await client.GetAsync<Page<TaskSummary>>("/api/tasks?limit=200");
        Assert.Equal(TaskKind.Ask, page.Items.Single(one => one.Id == task.Summary.Id).Kind);
    }

    [Fact]
    public async Task Submit_KindOfTheJson_IsSnakeCase()
    {
        var text = JsonSerializer.Serialize(api.Repository.Path);
        var task = await ApiClient.ReadAsync<TaskDetail>(
            await client.PostTextAsync("/api/tasks", $$"""{"repository":{{text}},"prompt":"Why?","kind":"ask"}"""), HttpStatusCode.Created);
        Assert.Equal(TaskKind.Ask, task.Summary.Kind);
        await ApiClient.ProblemAsync(await client.PostTextAsync("/api/tasks", $$"""{"repository":{{text}},"prompt":"Why?","kind":"guess"}"""), HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("test_command", "A question is answered without tests; leave the test command out.")]
    [InlineData("template", "Templates are for changes; leave the template out of a question.")]
    [InlineData("attempts", "A question has one attempt; leave the number of attempts out.")]
    [InlineData("brain", "The repair brain answers no questions; leave the brain out, or choose model.")]
    public async Task Submit_QuestionWithWhatItCannotHave_Is400(string field, string line)
    {
        var request = field switch
        {
            "test_command" => Question() with { TestCommand = "make test" },
            "template" => Question() with { Template = "bug-fix" },
            "attempts" => Question() with { Attempts = 2 },
            _ => Question() with { Brain = BrainChoice.Repair },
        };

        var problem = await ApiClient.ProblemAsync(await client.PostAsync("/api/tasks", request), HttpStatusCode.BadRequest);

        Assert.Equal(line, problem.Title);
    }

    [Fact]
    public async Task Replay_EndedAttemptOfAModel_IsItsBundle()
    {
        var lease = await api.Worker.SubmitAndClaimAsync();
        var turns = api.Worker.Get<AttemptTurns>();
        await turns.WriteAsync(lease, 0, Opening, CancellationToken.None);
        await turns.WriteAsync(lease, 1, """{"number":1,"notes":[]}""", CancellationToken.None);
        await ProblemAsync(lease.TaskId, 1, HttpStatusCode.Conflict, "Attempt 1 has not ended; its replay bundle can be had afterwards.");
        await api.Worker.FinishAsync(lease, AttemptState.NoChange);

        var response = await client.SendAsync(HttpMethod.Get, $"/api/tasks/{lease.TaskId}/attempts/1/replay");

        var bundle = await ApiClient.ReadAsync<JsonElement>(response, HttpStatusCode.OK);
        Assert.Equal($"codex-{lease.TaskId:N}-attempt-1.replay.json", response.Content.Headers.ContentDisposition!.FileName);
        Assert.Equal((1, "abc", false), (bundle.GetProperty("format").GetInt32(), bundle.GetProperty("settings").GetProperty("promptHash").GetString(), bundle.GetProperty("isQuestion").GetBoolean()));
        Assert.Equal([0, 1], bundle.GetProperty("turns").EnumerateArray().Select(turn => turn.GetProperty("number").GetInt32()));
    }

    [Fact]
    public async Task Replay_WithoutTurns_IsOneClearLine()
    {
        var lease = await api.Worker.SubmitAndClaimAsync();
        await api.Worker.FinishAsync(lease, AttemptState.NoChange);

        await ProblemAsync(lease.TaskId, 1, HttpStatusCode.Conflict, "there are no turns to replay.");
        await ProblemAsync(lease.TaskId, 9, HttpStatusCode.NotFound, $"Task {lease.TaskId} has no attempt 9; it has 1.");
        await ProblemAsync(Guid.Empty, 1, HttpStatusCode.NotFound, "There is no task");
    }

    [Theory]
    [InlineData("https://user:canary@example.org/a.git", "https://example.org/a.git")]
    [InlineData("https://canary@example.org/a.git", "https://example.org/a.git")]
    [InlineData("ssh://git:canary@example.org/a.git", "ssh://git@example.org/a.git")]
    [InlineData("https://example.org/a.git?token=canary", "")]
    [InlineData("/srv/a", "/srv/a")]
    public void WithoutCredentials_AnyAddress_HasNone(string address, string expected) =>
        Assert.Equal(expected, Api.Tasks.ReplayExport.WithoutCredentials(address));

    private async Task ProblemAsync(Guid id, int number, HttpStatusCode status, string line)
    {
        var problem = await ApiClient.ProblemAsync(await client.SendAsync(HttpMethod.Get, $"/api/tasks/{id}/attempts/{number}/replay"), status);
        Assert.Contains(line, problem.Title, StringComparison.Ordinal);
    }

    private SubmitTaskRequest Question() => new(api.Repository.Path, "Where is add?") { Kind = TaskKind.Ask };
}
