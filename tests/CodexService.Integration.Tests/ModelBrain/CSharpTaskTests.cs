using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing;
using CodexService.Testing.ScriptedModels;
using Xunit.Abstractions;

namespace CodexService.Integration.Tests.ModelBrain;

/// <summary>Which image a repository in C# gets.</summary>
[Collection(ModelStackTests.Name)]
public sealed class CSharpTaskTests(ModelStackFixture fixture, ITestOutputHelper output) : IAsyncLifetime
{
    private readonly TestRepository repository = TestRepository.With(
        ("Clock.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\">\n  <PropertyGroup>\n    <OutputType>Exe</OutputType>\n    <TargetFramework>net10.0</TargetFramework>\n    <RunAnalyzers>false</RunAnalyzers>\n  </PropertyGroup>\n</Project>\n"),
        ("Program.cs", "return 2 * 24 == 120 ? 0 : 1;\n"));

    [Fact]
    public async Task Repository_HasAProjectAtItsRoot_IsVerifiedInTheImageWithTheSdk()
    {
        await using var model = await ScriptedModelServer.StartAsync(
            ScriptedTurn.Call("edit", new { path = "Program.cs", old = "24", @new = "60" }),
            ScriptedTurn.Call("run_tests", new { }),
            ScriptedTurn.Call("submit", new { title = "Count minutes", summary = "An hour has 60." }));
        await using var stack = fixture.With(model);

        var submission = new SubmitTaskRequest(repository.Path, "An hour has 60 minutes.", "dotnet run", TimeoutSeconds: 900);
        var task = await stack.Api.SuccessAsync((await stack.Api.SubmitAsync(submission)).Summary.Id);

        output.WriteLine(task.Summary.Reason ?? "");
        Assert.Contains("+return 2 * 60 == 120 ? 0 : 1;\n", task.Patch, StringComparison.Ordinal);
        Assert.DoesNotContain("project.assets.json", task.Patch, StringComparison.Ordinal);
        Assert.Contains(await stack.Api.LogAsync(task.Summary.Id), entry => entry.Message.EndsWith($"MiB of files in {DotnetSandboxImage.Name}", StringComparison.Ordinal));
    }

    Task IAsyncLifetime.InitializeAsync() => DotnetSandboxImage.EnsureAsync();

    Task IAsyncLifetime.DisposeAsync()
    {
        repository.Dispose();
        return Task.CompletedTask;
    }
}
