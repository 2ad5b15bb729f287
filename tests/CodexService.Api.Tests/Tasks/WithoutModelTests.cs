using System.Net;
using CodexService.Api.Tests.Hosting;
using CodexService.Contracts.Api;
using CodexService.Tasks.Workers;
using CodexService.Testing;

namespace CodexService.Api.Tests.Tasks;

/// <summary>What no worker could do is refused when it is submitted; what nobody knows yet is taken.</summary>
public sealed class WithoutModelTests(ApiFixture api) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private const string HowTo = "set CODEX_MODEL_URL and CODEX_MODEL (or OPENAI_API_KEY, or ANTHROPIC_API_KEY) where the worker runs";
    private readonly ApiClient client = api.Client();

    public Task InitializeAsync() => WorkerAsync();

    public async Task DisposeAsync()
    {
        client.Dispose();
        await api.Worker.Get<KnownWorkers>().ForgetAsync("worker", CancellationToken.None);
    }

    [Theory]
    [InlineData("""{"brain":"model"}""", "brain", $"The brain model asks a model, and no model is configured: {HowTo}, or submit with the brain auto or repair.")]
    [InlineData("""{"brain":"both"}""", "brain", $"The brain both asks a model, and no model is configured: {HowTo}, or submit with the brain auto or repair.")]
    [InlineData("""{"model":"small"}""", "model", $"The model \"small\" is asked for, and no model is configured: {HowTo}, or ask without the model.")]
    [InlineData("""{"models":["small","large"]}""", "models", $"The model \"small\" is asked for, and no model is configured: {HowTo}, or ask without the model.")]
    [InlineData("""{"approve_plan":true}""", "approve_plan", $"A plan to approve is made by a model, and no model is configured: {HowTo}, or ask without a plan.")]
    [InlineData("""{"kind":"ask"}""", "kind", $"A question is answered by a model, and no model is configured: {HowTo}.")]
    public async Task Submit_WhatNeedsAModel_Is400WithOneLine(string part, string field, string line)
    {
        var problem = await RefusedAsync(api.Repository, part);

        Assert.Equal((field, line), (Assert.Single(problem.Errors!).Key, problem.Title));
        await api.Worker.Get<KnownWorkers>().ForgetAsync("worker", CancellationToken.None);
        await ApiClient.ReadAsync<TaskDetail>(await PostAsync(api.Repository, part), HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("package.json", """{"scripts":{"test":"node --test"}}""")]
    [InlineData("Shop.csproj", "<Project />")]
    [InlineData("README.md", "No tests that could be guessed.")]
    public async Task Submit_RepositoryWithoutPython_Is400AndSaysThatAModelIsNeeded(string file, string content)
    {
        using var repository = TestRepository.With((file, content));

        var problem = await RefusedAsync(repository, """{"brain":"auto"}""");

        Assert.Equal($"No model is configured, and without one only Python code can be worked on, by its failing pytest or unittest tests; this repository has no Python files: {HowTo}.", problem.Title);
        Assert.Equal(problem.Title, await OutlookAsync(repository));
    }

    [Fact]
    public async Task Outlook_IsThatOfTheBaseOfTheTestCommandAndOfTheBrain()
    {
        using var repository = TestRepository.With(("package.json", """{"scripts":{"test":"node --test"}}"""));
        repository.Git("checkout", "-q", "-b", "python");
        repository.Commit("second", ("page.py", "page = 1"));
        repository.Git("checkout", "-q", "main");

        Assert.Contains("this repository has no Python files", await OutlookAsync(repository), StringComparison.Ordinal);
        Assert.Null(await OutlookAsync(repository, "&base_ref=python"));
        Assert.Contains("its test command, cargo test, runs neither", await OutlookAsync(repository, "&base_ref=python&test_command=cargo%20test"), StringComparison.Ordinal);
        Assert.StartsWith("The brain model asks a model", await OutlookAsync(repository, "&base_ref=python&brain=model"), StringComparison.Ordinal);

        await WorkerAsync("small");
        Assert.Null(await OutlookAsync(repository));
        Assert.EndsWith("this repository has no Python files: submit with the brain model.", await OutlookAsync(repository, "&brain=repair"), StringComparison.Ordinal);
        var problem = await ApiClient.ProblemAsync(await client.SendAsync(HttpMethod.Get, $"{Outlook(repository)}&base_ref=nowhere&brain=repair"), HttpStatusCode.UnprocessableEntity);
        Assert.Equal("base_ref", Assert.Single(problem.Errors!).Key);
        await ApiClient.ProblemAsync(await client.SendAsync(HttpMethod.Get, $"{Outlook(repository)}&brain=7"), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Submit_RepeatedAfterTheModelIsGone_AnswersTheFirstTask()
    {
        await WorkerAsync("small");
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var body = new SubmitTaskRequest(api.Repository.Path, "Fix add") { Model = "small" };
        var first = await ApiClient.ReadAsync<TaskDetail>(await client.PostAsync("/api/tasks", body, key), HttpStatusCode.Created);

        await WorkerAsync();
        var again = await ApiClient.ReadAsync<TaskDetail>(await client.PostAsync("/api/tasks", body, key), HttpStatusCode.OK);

        Assert.Equal(first.Summary.Id, again.Summary.Id);
        await ApiClient.ProblemAsync(await client.PostAsync("/api/tasks", body with { Prompt = "Another" }, key), HttpStatusCode.Conflict);
        await ApiClient.ProblemAsync(await client.PostAsync("/api/tasks", body), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Submit_TheWorkerWithTheModelIsAwayForAMoment_IsTaken()
    {
        await api.Worker.Get<KnownWorkers>().TellAsync("redeployed", new WorkerAbilities(PrefersRepair: false, ["small"]), CancellationToken.None);
        await api.Worker.Get<KnownWorkers>().LeaveAsync("redeployed", CancellationToken.None);
        try
        {
            await ApiClient.ReadAsync<TaskDetail>(await PostAsync(api.Repository, """{"model":"small"}"""), HttpStatusCode.Created);
            Assert.True(await ServiceAsync() is { HasModel: true, Models: ["small"] });
        }
        finally
        {
            await api.Worker.Get<KnownWorkers>().ForgetAsync("redeployed", CancellationToken.None);
        }
    }

    [Fact]
    public async Task Submit_PythonOrAReview_IsTaken()
    {
        await ApiClient.ReadAsync<TaskDetail>(await PostAsync(api.Repository, """{"brain":"auto"}"""), HttpStatusCode.Created);
        using var repository = TestRepository.With(("package.json", "{}"));
        repository.Git("checkout", "-q", "-b", "topic");
        repository.Commit("second", ("a.js", "1"));
        await ApiClient.ReadAsync<TaskDetail>(await PostAsync(repository, """{"kind":"review","base_ref":"main","head_ref":"topic"}"""), HttpStatusCode.Created);
    }

    [Fact]
    public async Task Submit_UnknownModel_Is400AndNamesThoseThereAre()
    {
        await WorkerAsync("small", "large");

        var problem = await RefusedAsync(api.Repository, """{"model":"larg"}""");

        Assert.Equal("No model is called \"larg\": configured are small, large.", problem.Title);
        await ApiClient.ReadAsync<TaskDetail>(await PostAsync(api.Repository, """{"models":["large","SMALL"]}"""), HttpStatusCode.Created);
    }

    [Fact]
    public async Task Service_TellsWhatTheWorkersTell()
    {
        Assert.True(await ServiceAsync() is { HasModel: false, Brain: "repair", Models: [] });

        await WorkerAsync("small", "large");
        Assert.True(await ServiceAsync() is { HasModel: true, Brain: "model", Models: ["small", "large"] });

        await api.Worker.Get<KnownWorkers>().ForgetAsync("worker", CancellationToken.None);
        Assert.True(await ServiceAsync() is { HasModel: null, Brain: "repair" });
    }

    private Task WorkerAsync(params string[] models) =>
        api.Worker.Get<KnownWorkers>().TellAsync("worker", new WorkerAbilities(PrefersRepair: false, models), CancellationToken.None);

    private async Task<string?> OutlookAsync(TestRepository repository, string query = "") => (await client.GetAsync<ChangeOutlook>(Outlook(repository) + query)).WhyNot;

    private static string Outlook(TestRepository repository) => $"/api/repositories/outlook?repository={Uri.EscapeDataString(repository.Path)}";

    private Task<ServiceInfo> ServiceAsync() => client.GetAsync<ServiceInfo>("/api/service");

    private async Task<Problem> RefusedAsync(TestRepository repository, string part) =>
        await ApiClient.ProblemAsync(await PostAsync(repository, part), HttpStatusCode.BadRequest);

    private Task<HttpResponseMessage> PostAsync(TestRepository repository, string part) =>
        client.PostTextAsync("/api/tasks", $$"""{"repository":"{{repository.Path}}","prompt":"Fix it",{{part[1..]}}""");
}
