using CodexService.Agent.Tests.Scripted;
using CodexService.Models;
using CodexService.Testing;
using CodexService.Testing.ScriptedModels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using static CodexService.Agent.Tests.Scripted.ScriptedModelCaller;

namespace CodexService.Agent.Tests.Loop;

/// <summary>What people get wrong, as the brain says it.</summary>
public sealed class BadInputTests
{
    private static readonly object Submit = new { title = "T", summary = "S" };

    [Fact]
    public async Task InstructionsOfFiveMegabytes_AreCut_AndPeopleAreToldToo()
    {
        await using var bench = await AgentBench.WithAsync(("AGENTS.md", new string('a', 5_000_000)), ("app.py", "x = 1\n"));

        await bench.RunAsync(new ScriptedModelCaller(Calls("submit", Submit)));

        Assert.Contains(bench.Progress, report => report.Message == "AGENTS.md has 5,000,000 bytes; the model gets its first 8,000 characters (Agent:InstructionCharacters)");
    }

    [Fact]
    public async Task ContextTooSmallForTheFirstPrompt_SaysWhatIsServedAndWhatIsNeeded()
    {
        await using var server = await ScriptedModelServer.StartAsync(new ScriptedModelOptions { ContextTokens = 2048 });
        await using var services = Models(server, new TestClock());
        await using var bench = await AgentBench.WithAsync();

        var error = await Assert.ThrowsAsync<BrainException>(() => bench.RunAsync(services.GetRequiredService<IModelCaller>()));

        Assert.Matches(@"^the first prompt needs [\d,]+ tokens .* but the model default takes 2,048: serve it with a larger context, or shorten", error.Message);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task TemplateWantsTurns_WholeAttemptGetsThrough()
    {
        await using var server = await ScriptedModelServer.StartAsync(
            new ScriptedModelOptions { StrictTurns = true },
            ScriptedTurn.Say("I think."),
            ScriptedTurn.Call("view", new { path = "app.py" }),
            ScriptedTurn.Call("view", new { path = "app.py" }),
            ScriptedTurn.Call("view", new { path = "app.py" }),
            ScriptedTurn.Call("view", new { path = "app.py" }),
            ScriptedTurn.Call("write", new { path = "app.py", content = "x = 1\n" }),
            ScriptedTurn.Call("submit", Submit));
        await using var services = Models(server, TimeProvider.System);
        await using var bench = await AgentBench.WithAsync();

        var result = await bench.RunAsync(services.GetRequiredService<IModelCaller>());

        Assert.True(result.Changed, result.Summary);
        Assert.Contains(server.Requests, request => request.LastText.Contains("You are going in circles", StringComparison.Ordinal) && request.Roles[^1] == "tool");
    }

    private static ServiceProvider Models(ScriptedModelServer server, TimeProvider time) => new ServiceCollection()
        .AddSingleton(time)
        .AddModels(new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["CODEX_MODEL_URL"] = server.BaseUrl, ["CODEX_MODEL"] = "scripted" })
            .Build())
        .AddSingleton(provider => provider.GetRequiredService<CodexService.Models.Calling.IModelCatalog>().Get(null))
        .BuildServiceProvider();
}
