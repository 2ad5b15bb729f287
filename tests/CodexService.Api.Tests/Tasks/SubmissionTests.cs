using System.Net;
using System.Text;
using CodexService.Api.Tests.Hosting;
using CodexService.Contracts.Api;
using CodexService.Testing;

namespace CodexService.Api.Tests.Tasks;

public sealed class SubmissionTests : IClassFixture<ApiFixture>, IDisposable
{
    private readonly ApiFixture api;
    private readonly ApiClient client;
    private readonly DirectoryInfo empty = Directory.CreateTempSubdirectory("codex-empty-");

    public SubmissionTests(ApiFixture api)
    {
        this.api = api;
        client = api.Client();
    }

    private TestRepository Repository => api.Repository;

    public void Dispose()
    {
        client.Dispose();
        empty.Delete(recursive: true);
    }

    [Fact]
    public async Task Submit_Least_FillsInTheRestAndTellsWhere()
    {
        var response = await client.PostAsync("/api/tasks", new SubmitTaskRequest(Repository.Path, "  Fix add\nIt subtracts. "));
        var task = await ApiClient.ReadAsync<TaskDetail>(response, HttpStatusCode.Created);
        Assert.Equal($"/api/tasks/{task.Summary.Id}", response.Headers.Location?.OriginalString);
        Assert.Equal((TaskState.Queued, "Fix add", Repository.Path, "main"), (task.Summary.State, task.Summary.Title, task.Summary.Repository, task.Summary.BaseRef));
        Assert.Equal(("Fix add\nIt subtracts.", 900, 1), (task.Prompt, task.TimeoutSeconds, task.Attempts.Count));
        Assert.Contains("pytest", task.TestCommand, StringComparison.Ordinal);
        Assert.Equivalent(task, await client.GetAsync<TaskDetail>($"/api/tasks/{task.Summary.Id}"), strict: true);
    }

    [Fact]
    public async Task Submit_Everything_IsTaken()
    {
        var response = await client.PostAsync("/api/tasks", new SubmitTaskRequest(Repository.Path, "Fix add", "make test", "main", 3, 60, BrainChoice.Model, "bug-fix", "team/large-v1.2:b_3"));
        var task = await ApiClient.ReadAsync<TaskDetail>(response, HttpStatusCode.Created);
        Assert.Equal(("make test", 3, 60, "model"), (task.TestCommand, task.Attempts.Count, task.TimeoutSeconds, task.Summary.Brain));
        Assert.Equal(("bug-fix", "team/large-v1.2:b_3"), (task.Template, task.Model));
        Assert.Equivalent(task, await client.GetAsync<TaskDetail>($"/api/tasks/{task.Summary.Id}"), strict: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("poem")]
    [InlineData("Bug-Fix")]
    [InlineData("system")]
    public Task Submit_UnknownTemplate_Is400WithTheNames(string template) => RefusedAsync(
        new(Repository.Path, "Fix it", Template: template), "template", "one of bug-fix, documentation, feature, refactoring, tests, upgrade");

    [Theory]
    [InlineData("")]
    [InlineData("https://example.org/v1")]
    [InlineData("http://user:secret@host")]
    [InlineData("two words")]
    [InlineData("large\n")]
    [InlineData("größe")]
    [InlineData("x23456789x123456789x123456789x123456789x123456789x123456789x12345")]
    public async Task Submit_ModelThatIsNoName_Is400AndNotRepeated(string model)
    {
        var response = await client.PostAsync("/api/tasks", new SubmitTaskRequest(Repository.Path, "Fix it", Model: model));
        var problem = await ApiClient.ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal(["model"], problem.Errors!.Keys);
        Assert.StartsWith("The model has to be the name of a configured model: 1 to 64 letters", problem.Errors["model"].Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", problem.Title, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "prompt", "The prompt is empty")]
    [InlineData(" \n ", "prompt", "The prompt is empty")]
    [InlineData("a\0b", "prompt", "NUL")]
    public Task Submit_BadPrompt_Is400(string prompt, string field, string line) => RefusedAsync(new(Repository.Path, prompt), field, line);

    [Fact]
    public Task Submit_PromptOf200000Characters_Is400WithTheLimit() =>
        RefusedAsync(new(Repository.Path, new string('x', 200_000)), "prompt", "The prompt has 200,000 characters; at most 100,000 are taken.");

    [Theory]
    [InlineData(0, null, null, "attempts")]
    [InlineData(9, null, null, "attempts")]
    [InlineData(null, 9, null, "timeout_seconds")]
    [InlineData(null, 86_401, null, "timeout_seconds")]
    [InlineData(null, null, "make\ntest", "test_command")]
    public Task Submit_OutOfBounds_Is400(int? attempts, int? timeout, string? testCommand, string field) =>
        RefusedAsync(new(Repository.Path, "Fix it", testCommand, null, attempts, timeout), field, "");

    [Fact]
    public Task Submit_LongTestCommand_Is400() =>
        RefusedAsync(new(Repository.Path, "Fix it", new string('x', 2001)), "test_command", "at most 2,000 characters");

    [Fact]
    public Task Submit_SeveralMistakes_AreToldTogether() =>
        RefusedAsync(new("", "", Attempts: 99), ["repository", "prompt", "attempts"]);

    [Theory]
    [InlineData("relative/path")]
    [InlineData("/does/not/exist")]
    [InlineData("ext::sh -c id")]
    [InlineData("--upload-pack=id")]
    [InlineData("/tmp/a\0b")]
    public Task Submit_RepositoryThatCannotBe_Is400(string repository) => RefusedAsync(new(repository, "Fix it"), "repository", "");

    [Fact]
    public async Task Submit_FolderThatIsNoRepository_Is400WithTheReason()
    {
        await RefusedAsync(new(empty.FullName, "Fix it"), "repository", "empty");
        await File.WriteAllTextAsync(Path.Combine(empty.FullName, "notes.txt"), "x");
        await RefusedAsync(new(empty.FullName, "Fix it"), "repository", "git");
        using var unborn = TestRepository.Empty();
        await RefusedAsync(new(unborn.Path, "Fix it", "make test"), "repository", "commit");
    }

    [Fact]
    public Task Submit_UnknownBaseRef_Is400() => RefusedAsync(new(Repository.Path, "Fix it", BaseRef: "mian"), "base_ref", "mian");

    [Fact]
    public async Task Submit_NoTestCommandToBeFound_AsksForOne()
    {
        using var bare = TestRepository.With(("notes.txt", "nothing to test\n"));
        await RefusedAsync(new(bare.Path, "Fix it"), "test_command", "say how its tests are run");
    }

    [Theory]
    [InlineData("this is not JSON")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"repository\":\"/x\",\"prompt\":\"y\",\"attempts\":\"two\"}")]
    [InlineData("{\"repository\":7,\"prompt\":\"y\"}")]
    [InlineData("{\"repository\":\"/x\",\"prompt\":\"y\",\"brain\":\"genius\"}")]
    [InlineData("{\"repository\":\"/x\",\"prompt\":\"y\",\"brain\":0}")]
    [InlineData("{\"repository\":\"/x\",\"prompt\":\"\\ud800\"}")]
    [InlineData("{\"repository\":\"/x\"")]
    public async Task Submit_BodyThatCannotBeRead_Is400WithOneLine(string json)
    {
        var problem = await ApiClient.ProblemAsync(await client.PostTextAsync("/api/tasks", json), HttpStatusCode.BadRequest);
        Assert.NotEqual("Bad Request", problem.Title);
        Assert.DoesNotContain("System.", problem.Title, StringComparison.Ordinal);
        Assert.DoesNotContain("CodexService.", problem.Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_MistypedField_IsNamed()
    {
        var problem = await ApiClient.ProblemAsync(
            await client.PostTextAsync("/api/tasks", """{"repository":"/x","prompt":"y","timeout":60}"""), HttpStatusCode.BadRequest);
        Assert.Contains("no field \"timeout\"", problem.Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_OtherContentType_Is415()
    {
        var response = await client.SendAsync(HttpMethod.Post, "/api/tasks", new StringContent("repository=/x", Encoding.UTF8, "application/x-www-form-urlencoded"));
        await ApiClient.ProblemAsync(response, HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Submit_BodyOf40Megabytes_Is413()
    {
        // The length alone decides; the body is not waited for.
        var response = await client.SendAsync(HttpMethod.Post, "/api/tasks", new StringContent(new string('x', 40_000_000), Encoding.UTF8, "application/json"), ("Expect", "100-continue"));
        await ApiClient.ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Submit_SameKey_AnswersTheFirstTaskOrRefusesAnotherBody()
    {
        var body = new SubmitTaskRequest(Repository.Path, "Fix add");
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var first = await ApiClient.ReadAsync<TaskDetail>(await client.PostAsync("/api/tasks", body, key), HttpStatusCode.Created);
        var again = await ApiClient.ReadAsync<TaskDetail>(await client.PostAsync("/api/tasks", body, key), HttpStatusCode.OK);
        Assert.Equal(first.Summary.Id, again.Summary.Id);
        var problem = await ApiClient.ProblemAsync(await client.PostAsync("/api/tasks", body with { Prompt = "Something else" }, key), HttpStatusCode.Conflict);
        Assert.Contains("use a new key", problem.Title, StringComparison.Ordinal);
        await ApiClient.ProblemAsync(await client.PostAsync("/api/tasks", body with { Template = "tests" }, key), HttpStatusCode.Conflict);
        await ApiClient.ProblemAsync(await client.PostAsync("/api/tasks", body with { Model = "large" }, key), HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Submit_TwentyAtOnceWithOneKey_MakeOneTask()
    {
        var body = new SubmitTaskRequest(Repository.Path, "Fix add");
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.PostAsync("/api/tasks", body, key)));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        var ids = await Task.WhenAll(answers.Select(async answer => (await ApiClient.ReadAsync<TaskDetail>(answer, answer.StatusCode)).Summary.Id));
        Assert.Single(ids.Distinct());
    }

    [Fact]
    public async Task Submit_LongKey_Is400()
    {
        var response = await client.PostAsync("/api/tasks", new SubmitTaskRequest(Repository.Path, "Fix it"), ("Idempotency-Key", new string('k', 201)));
        Assert.Contains("Idempotency-Key", (await ApiClient.ProblemAsync(response, HttpStatusCode.BadRequest)).Errors!.Keys);
    }

    [Fact]
    public async Task Submit_LocalRepositoriesOff_TakesCloneUrlsOnly()
    {
        await using var remote = await ApiHost.StartAsync(api.Database, api.Folder, ("Api:AllowLocalRepositories", "false"));
        using var other = new ApiClient(remote.Address, api.Token);
        var problem = await ApiClient.ProblemAsync(await other.PostAsync("/api/tasks", new SubmitTaskRequest(Repository.Path, "Fix it")), HttpStatusCode.BadRequest);
        Assert.Contains("clone URLs only", problem.Errors!["repository"][0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_Repository_GuessesTheTestCommand()
    {
        var found = await client.GetAsync<CodexService.Contracts.Api.RepositoryInspection>($"/api/repositories/inspect?repository={Uri.EscapeDataString(Repository.Path)}");
        Assert.Equal(("main", Repository.Path), (found.DefaultBranch, found.Repository));
        Assert.Contains("pytest", found.TestCommand, StringComparison.Ordinal);
        foreach (var bad in new[] { "", "?repository=", "?repository=/does/not/exist" })
        {
            var response = await client.SendAsync(HttpMethod.Get, "/api/repositories/inspect" + bad);
            Assert.NotEmpty((await ApiClient.ProblemAsync(response, HttpStatusCode.UnprocessableEntity)).Errors!["repository"]);
        }
    }

    private Task RefusedAsync(SubmitTaskRequest request, string field, string line) => RefusedAsync(request, [field], line);

    private async Task RefusedAsync(SubmitTaskRequest request, string[] fields, string line = "")
    {
        var problem = await ApiClient.ProblemAsync(await client.PostAsync("/api/tasks", request), HttpStatusCode.BadRequest);
        Assert.Equal(fields.Order(StringComparer.Ordinal), problem.Errors!.Keys.Order(StringComparer.Ordinal));
        Assert.Contains(line, problem.Errors[fields[0]][0], StringComparison.OrdinalIgnoreCase);
        Assert.Contains(problem.Title, problem.Errors.Values.SelectMany(lines => lines));
    }
}
