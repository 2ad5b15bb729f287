using System.Collections.Concurrent;
using CodexService.Models;
using CodexService.Models.Calling;
using CodexService.Testing.ScriptedModels;
using CodexService.Verification.Export;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace CodexService.Agent.Tests.Repositories;

/// <summary>
/// The whole brain (loop, tools, model over HTTP) on small repositories in real sandboxes: a scripted model takes wrong
/// turns, is told what was wrong, and ends with a patch that the real verifier proves.
/// </summary>
public abstract class SmallRepositoryTests(RepositorySandboxes sandboxes, ITestOutputHelper output)
{
    private protected async Task EndsVerifiedAsync(SmallRepository repository)
    {
        var export = await WorkAsync(repository);

        var proof = await sandboxes.VerifyAsync(repository, export.Patch);

        Assert.True(proof.Verified, proof.Reason);
        Assert.Equal(repository.Changed, export.Check.Files.Select(file => file.Path));
        Assert.Contains(repository.Patched, export.Patch, StringComparison.Ordinal);

        // Python and dotnet test tell which tests were repaired; elsewhere the exit codes are the proof.
        Assert.Equal(repository.TestCommand.StartsWith("python", StringComparison.Ordinal) || repository.TestCommand.StartsWith("dotnet test", StringComparison.Ordinal), proof.FailToPass.Count > 0);
        Assert.Contains(proof.Commands, command => command is { Phase: "before", ExitCode: not 0 });
    }

    private async Task<ExportedPatch> WorkAsync(SmallRepository repository)
    {
        var told = new ConcurrentQueue<string>();
        var next = 0;
        await using var server = await ScriptedModelServer.StartAsync(
            request =>
            {
                told.Enqueue(NewsOf(request));
                return next < repository.Moves.Count ? repository.Moves[next++].Turn : ScriptedTurn.Error(400, "script_ended", "The script has no further turn.");
            },
            new ScriptedModelOptions { NativeTools = repository.NativeTools });
        await using var services = Services(server);
        await using var sandbox = await sandboxes.OpenAsync(repository);

        var result = await services.GetRequiredService<IBrain>().RunAsync(
            new BrainContext(repository.Task, repository.TestCommand, sandbox, TimeSpan.FromMinutes(30), 1, new Progress<BrainProgress>()), CancellationToken.None);

        var news = told.ToArray();
        output.WriteLine(string.Join("\n----\n", news.Skip(1)));
        Assert.Contains(repository.Prompted, news[0], StringComparison.Ordinal);
        Assert.All(repository.Moves.Zip(news.Skip(1)), pair => Assert.Contains(pair.First.Told, pair.Second, StringComparison.Ordinal));
        Assert.Equal((repository.Moves.Count, "Repair it", "It was wrong."), (news.Length, result.Title, result.Summary));
        Assert.All(server.Requests.Skip(1), request => Assert.Equal(repository.NativeTools, request.HasTools));
        return await PatchExporter.ExportAsync(sandbox, null, CancellationToken.None);
    }

    private static ServiceProvider Services(ScriptedModelServer server)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["CODEX_MODEL_URL"] = server.BaseUrl,
                ["CODEX_MODEL"] = "scripted",

                // Compilers that check syntax start slowly on a busy machine.
                ["Agent:Tools:FileToolTimeout"] = "00:05:00",
            })
            .Build();
        return new ServiceCollection()
            .AddModels(configuration)
            .AddModelAgent(configuration)
            .AddSingleton(provider => provider.GetRequiredService<IModelCatalog>().Get(null))
            .BuildServiceProvider();
    }

    // What came after the model's last answer; everything in the first request.
    private static string NewsOf(ScriptedRequest request) => string.Join('\n', request.Messages
        .Reverse().TakeWhile(message => message.GetProperty("role").GetString() != "assistant").Reverse()
        .Select(ScriptedRequest.TextOf));
}

/// <summary>Python and JavaScript.</summary>
public sealed class ScriptRepositoryTests(RepositorySandboxes sandboxes, ITestOutputHelper output) : SmallRepositoryTests(sandboxes, output), IClassFixture<RepositorySandboxes>
{
    private static readonly IReadOnlyList<SmallRepository> All = [.. PythonRepositories.All, .. JavaScriptRepositories.All];

    public static TheoryData<string> Names { get; } = new(All.Select(repository => repository.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public Task Attempt_WithWrongTurns_EndsVerified(string name) => EndsVerifiedAsync(All.Single(one => one.Name == name));
}

/// <summary>C#, a class of its own so that it runs beside the others.</summary>
public sealed class CSharpRepositoryTests(RepositorySandboxes sandboxes, ITestOutputHelper output) : SmallRepositoryTests(sandboxes, output), IClassFixture<RepositorySandboxes>
{
    // Each builds and tests five times and more, which takes as long as all the other repositories together: a usual run has
    // the one with two projects in a solution. Wrong turns and calls as text are the others', too; `dotnet run` is
    // part of the whole service's tests.
    private const string Usual = "csharp-wrong-file";

    private static readonly bool All = Environment.GetEnvironmentVariable("CODEX_TEST_ALL_BUGS") is "1";

    public static TheoryData<string> Names { get; } = new(CSharpRepositories.All.Select(repository => repository.Name).Where(name => All || name == Usual));

    [Theory]
    [MemberData(nameof(Names))]
    public Task Attempt_WithWrongTurns_EndsVerified(string name) => EndsVerifiedAsync(CSharpRepositories.All.Single(one => one.Name == name));
}
