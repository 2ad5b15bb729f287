using CodexService.GitHub.Configuration;
using CodexService.GitHub.Credentials;
using CodexService.GitHub.Rest;
using CodexService.Testing.GitHub;

namespace CodexService.GitHub.Tests.Rest;

/// <summary>With one person's token.</summary>
[Collection(EmulatorTests.Name)]
public sealed class PersonalTokenConformanceTests(EmulatorFixture emulator) : GitHubConformance, IDisposable
{
    private readonly GitHubConnection connection = Connections.To(emulator.Api, new GitHubSecrets.Token(EmulatorFixture.WriterToken));

    private protected override IGitHubRepository Repository => connection.Repository(RepositoryName.Parse("writer/own"));

    private protected override IGitHubRepository Missing => connection.Repository(RepositoryName.Parse("writer/gone"));

    private protected override IGitHub GitHub => connection;

    private protected override string Login => "writer";

    public void Dispose() => connection.Dispose();
}

/// <summary>As a GitHub App.</summary>
[Collection(EmulatorTests.Name)]
public sealed class AppConformanceTests(EmulatorFixture emulator) : AppConformance(emulator, emulator.Api);

/// <summary>As an App of an Enterprise Server, whose API lies below <c>/api/v3</c>, and GraphQL beside it.</summary>
[Collection(EmulatorTests.Name)]
public sealed class EnterpriseConformanceTests(EmulatorFixture emulator) : AppConformance(emulator, emulator.Enterprise)
{
    [Fact]
    public async Task Get_RenamedRepository_IsFollowedBelowTheApi()
    {
        var name = $"acme/before-{Guid.NewGuid():N}";
        await Emulator.Control.CreateRepositoryAsync(name, new Dictionary<string, string>(StringComparer.Ordinal) { ["README.md"] = "x\n" });
        await Emulator.Control.RenameAsync(name, $"{name[5..]}-after");

        var repository = GitHub.Repository(RepositoryName.Parse(name));
        var info = await repository.GetAsync(default);
        var label = await repository.Git.GetBranchAsync("main", default);

        Assert.Equal($"{name}-after", info.FullName);
        Assert.NotNull(label);

        // What people and git are told lies at the host's root.
        Assert.Equal(new Uri(Emulator.Enterprise, $"/{name}-after.git").AbsoluteUri, info.CloneUrl);
    }
}

/// <summary>What an App is for besides.</summary>
public abstract class AppConformance(EmulatorFixture emulator, Uri api) : GitHubConformance, IDisposable
{
    private readonly GitHubConnection connection = Connections.To(api, new GitHubSecrets.App(EmulatorFixture.AppId, emulator.AppKey));

    private protected EmulatorFixture Emulator => emulator;

    private protected override IGitHubRepository Repository => connection.Repository(RepositoryName.Parse("acme/shop"));

    private protected override IGitHubRepository Missing => connection.Repository(RepositoryName.Parse("acme/gone"));

    private protected override IGitHub GitHub => connection;

    private protected override string Login => EmulatorFixture.AppLogin;

    [Fact]
    public async Task Check_CreatedAndCompleted_IsListed()
    {
        var head = await StartAsync();
        var made = await Repository.Checks.CreateAsync(new NewCheckRun("Codex verification", head, "in_progress") { ExternalId = "task-1", DetailsUrl = "https://codex.example.com/tasks/1" }, default);

        await Repository.Checks.UpdateAsync(
            made.Id,
            new CheckRunUpdate
            {
                Status = "completed",
                Conclusion = "success",
                Output = new CheckOutput("14 tests pass", "| command | exit code |\n|---|---|\n") { Annotations = [new CheckAnnotation("README.md", 1, 1, "notice", "changed")] },
            },
            default);

        Assert.Equal([new CheckAnnotation("README.md", 1, 1, "notice", "changed")], await Repository.Checks.ListAnnotationsAsync(made.Id, default));
        var listed = Assert.Single(await Repository.Checks.ListAsync(head, null, default), run => run.Id == made.Id);
        Assert.Equal(("Codex verification", "completed", "success"), (listed.Name, listed.Status, listed.Conclusion));
        Assert.Equal("14 tests pass", listed.Output?.Title);
    }

    [Fact]
    public async Task Get_AppNotInstalledThere_SaysSo()
    {
        var failed = await Assert.ThrowsAsync<GitHubException>(() => connection.Repository(RepositoryName.Parse("writer/own")).GetAsync(default));

        Assert.Equal("the GitHub App is not installed on writer/own: install it there, or check the repository's name", failed.Message);
    }

    [Fact]
    public async Task Get_KeyOfAnotherApp_SaysSo()
    {
        using var key = System.Security.Cryptography.RSA.Create(2048);
        using var stranger = Connections.To(api, new GitHubSecrets.App(EmulatorFixture.AppId, key));

        var failed = await Assert.ThrowsAsync<GitHubException>(() => stranger.Repository(RepositoryName.Parse("acme/shop")).GetAsync(default));

        Assert.Equal(GitHubFailure.Credentials, failed.Failure);
    }

    public void Dispose() => connection.Dispose();
}

internal static class Connections
{
    // The limit on writes has tests of its own; a busy machine may need more time for an answer than GitHub does.
    public static GitHubConnection To(Uri api, GitHubSecrets secrets) =>
        new(secrets, new GitHubOptions { ApiUrl = api, ContentWritesPerMinute = 100_000, Retries = 0, RequestTimeout = TimeSpan.FromMinutes(5) }, new SocketsHttpHandler { AllowAutoRedirect = false }, TimeProvider.System);
}
