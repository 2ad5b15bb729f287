using System.Net;
using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Repositories;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing;
using Xunit.Abstractions;

namespace CodexService.Integration.Tests.Standalone;

/// <summary>Submissions that cannot be worked on are refused at once, with one line at the field that is wrong.</summary>
public sealed class SubmissionTests(StandaloneFixture fixture, ITestOutputHelper output) : StandaloneTest(fixture, output), IDisposable
{
    private readonly TestRepository repository = TestRepository.WithFailingPythonTest();
    private readonly DirectoryInfo plain = Directory.CreateTempSubdirectory("codex-plain-");

    [Fact]
    public Task Repository_DoesNotExist_IsRefused() =>
        AssertRefusedAsync(new SubmitTaskRequest("/no/such/folder", "Fix it", UsersApi.TestCommand), "repository", "/no/such/folder");

    [Fact]
    public Task Repository_IsNoGitRepository_IsRefused() =>
        AssertRefusedAsync(new SubmitTaskRequest(plain.FullName, "Fix it", UsersApi.TestCommand), "repository", plain.FullName);

    [Fact]
    public async Task Repository_WithoutCommit_IsRefused()
    {
        using var empty = TestRepository.Empty();
        await AssertRefusedAsync(new SubmitTaskRequest(empty.Path, "Fix it", UsersApi.TestCommand), "repository", "commit");
    }

    [Fact]
    public Task BaseRef_DoesNotExist_IsRefused() =>
        AssertRefusedAsync(new SubmitTaskRequest(repository.Path, "Fix it", UsersApi.TestCommand, "no-such-branch"), "base_ref", "no-such-branch");

    [Fact]
    public Task Prompt_Empty_IsRefused() =>
        AssertRefusedAsync(new SubmitTaskRequest(repository.Path, " \n ", UsersApi.TestCommand), "prompt", "empty");

    [Fact]
    public Task Prompt_TooLong_IsRefusedWithBothNumbers() =>
        AssertRefusedAsync(new SubmitTaskRequest(repository.Path, new string('x', 200_000), UsersApi.TestCommand), "prompt", "200,000 characters; at most 100,000");

    /// <inheritdoc />
    public void Dispose()
    {
        repository.Dispose();
        plain.Delete(recursive: true);
    }

    private async Task AssertRefusedAsync(SubmitTaskRequest request, string field, string part)
    {
        using var response = await Api.PostAsync("/api/tasks", request);
        var problem = await ApiClient.ReadAsync<Problem>(response, HttpStatusCode.BadRequest);
        Assert.Equal([field], problem.Errors!.Keys);
        Assert.Contains(part, problem.Title, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Title);
    }
}
