using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Repositories;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing;
using Xunit.Abstractions;

namespace CodexService.Integration.Tests.Standalone;

/// <summary>A test on the shared Standalone. Whatever the task was, no sandbox of it may be left.</summary>
[Collection(StandaloneTests.Name)]
public abstract class StandaloneTest(StandaloneFixture fixture, ITestOutputHelper output) : IAsyncLifetime
{
    internal ApiClient Api => fixture.Api;

    internal ITestOutputHelper Output => output;

    internal StandaloneStack Stack => fixture.Stack;

    /// <inheritdoc />
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        output.WriteLine(fixture.Stack.Folder.Output());
        await Containers.WaitGoneAsync(fixture.Stack.Folder.Name);
    }

    internal async Task<Guid> SubmitAsync(
        TestRepository repository, string testCommand = UsersApi.TestCommand, string prompt = "Make the failing test pass", int timeoutSeconds = 300) =>
        (await Api.SubmitAsync(new SubmitTaskRequest(repository.Path, prompt, testCommand, TimeoutSeconds: timeoutSeconds))).Summary.Id;

    internal async Task<TaskDetail> RunAsync(
        TestRepository repository, string testCommand = UsersApi.TestCommand, string prompt = "Make the failing test pass", int timeoutSeconds = 300) =>
        await Api.EndAsync(await SubmitAsync(repository, testCommand, prompt, timeoutSeconds));
}
