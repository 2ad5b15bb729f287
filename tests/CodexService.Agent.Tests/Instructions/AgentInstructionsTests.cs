using CodexService.Agent.Instructions;
using CodexService.Agent.Tests.Scripted;
using Microsoft.Extensions.AI;
using static CodexService.Agent.Tests.Scripted.ScriptedModelCaller;

namespace CodexService.Agent.Tests.Instructions;

public sealed class AgentInstructionsTests
{
    private const int Limit = 8000;

    [Fact]
    public async Task AgentsFile_WinsOverTheOthers()
    {
        await using var bench = await AgentBench.WithAsync(("AGENTS.md", "use tabs"), ("CLAUDE.md", "use spaces"), (".github/copilot-instructions.md", "use neither"));

        var read = await AgentInstructions.ReadAsync(bench.Sandbox, Limit, CancellationToken.None);

        Assert.Equal(("AGENTS.md", "use tabs"), (read.Root!.Path, read.Root.Text));
        Assert.Empty(read.Nested);
    }

    [Fact]
    public async Task WithoutAgentsFile_ClaudeFileThenCopilotFile_StandForIt()
    {
        await using var both = await AgentBench.WithAsync(("CLAUDE.md", "c"), (".github/copilot-instructions.md", "g"), ("docs/CLAUDE.md", "no"));
        await using var one = await AgentBench.WithAsync((".github/copilot-instructions.md", "g"));
        await using var none = await AgentBench.WithAsync(("a.py", ""));

        Assert.Equal("c", (await AgentInstructions.ReadAsync(both.Sandbox, Limit, CancellationToken.None)).Root!.Text);
        Assert.Equal("g", (await AgentInstructions.ReadAsync(one.Sandbox, Limit, CancellationToken.None)).Root!.Text);
        Assert.Null((await AgentInstructions.ReadAsync(none.Sandbox, Limit, CancellationToken.None)).Root);
    }

    [Fact]
    public async Task Instructions_AreThoseOfTheBaseCommit()
    {
        await using var bench = await AgentBench.WithAsync(("AGENTS.md", "as committed"));
        await File.WriteAllTextAsync(Path.Combine(bench.Sandbox.Workspace, "AGENTS.md"), "changed");

        Assert.Equal("as committed", (await AgentInstructions.ReadAsync(bench.Sandbox, Limit, CancellationToken.None)).Root!.Text);
    }

    [Fact]
    public async Task HugeFile_IsCut_AndItIsSaid()
    {
        await using var bench = await AgentBench.WithAsync(("AGENTS.md", new string('é', 2_500_000)));

        var root = (await AgentInstructions.ReadAsync(bench.Sandbox, Limit, CancellationToken.None)).Root!;
        var text = AgentInstructions.Render(root, new DataBlock("m"));

        Assert.Equal((Limit, 5_000_000), (root.Text.Length, root.Bytes));
        Assert.EndsWith("[AGENTS.md has 5,000,000 bytes; only its first 8,000 characters are shown]", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FirstPrompt_HoldsTheRootFileBetweenMarkers_AndNamesNestedOnes()
    {
        await using var bench = await AgentBench.WithAsync(("AGENTS.md", "Use tabs.\u200b"), ("lib/AGENTS.md", "Use spaces."));
        var model = new ScriptedModelCaller(Calls("submit", new { title = "T", summary = "S" }));

        await bench.RunAsync(model);

        var prompt = model.Requests[0].Messages[1].Text;
        Assert.Matches(@"from AGENTS\.md;.*\n<<<DATA-(\w{8})\nUse tabs\.\nDATA-\1>>>\n", prompt);
        Assert.Contains("lib/AGENTS.md", prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("Use spaces.", prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NestedFile_IsShownOnce_WhenItsFolderIsTouched_NearestFirst()
    {
        await using var bench = await AgentBench.WithAsync(("lib/AGENTS.md", "Outer."), ("lib/deep/AGENTS.md", "Inner."), ("lib/deep/a.py", "x"), ("library.py", "x"));
        var model = new ScriptedModelCaller(
            Calls("view", new { path = "library.py" }),
            Calls("view", new { path = $"{bench.Sandbox.Workspace}/lib/deep/a.py" }),
            Calls("view", new { path = "lib/deep/a.py" }),
            Calls("submit", new { title = "T", summary = "S" }));

        await bench.RunAsync(model);

        Assert.DoesNotContain("Outer.", AgentBench.NewsOf(model.Requests[1]), StringComparison.Ordinal);
        Assert.Matches(@"(?s)Inner\..*Outer\.", AgentBench.NewsOf(model.Requests[2]));
        Assert.DoesNotContain("Inner.", AgentBench.NewsOf(model.Requests[3]), StringComparison.Ordinal);
        Assert.Equal(ChatRole.User, model.Requests[2].Messages[^1].Role);
    }
}
