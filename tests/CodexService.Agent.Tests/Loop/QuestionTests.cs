using CodexService.Agent.Loop;
using CodexService.Agent.Prompts;
using CodexService.Agent.Tests.Scripted;
using CodexService.Agent.Tools;
using Microsoft.Extensions.AI;
using static CodexService.Agent.Tests.Scripted.ScriptedModelCaller;

namespace CodexService.Agent.Tests.Loop;

public sealed class QuestionTests
{
    [Fact]
    public async Task Question_IsAskedWithPromptsOfItsOwn_AndToolsThatChangeNothing()
    {
        await using var bench = await QuestionAsync();
        var model = new ScriptedModelCaller(Calls("submit", new { answer = "In `app.py:1`." }));

        var result = await RunAsync(bench, model);

        Assert.Equal("In `app.py:1`.", result.Answer!.Text);
        Assert.Equal([new FileReference("app.py", 1, null, true)], result.Answer.References);
        Assert.False(result.Changed);
        var request = model.Requests.Single();
        Assert.Equal(["shell", "view", "search", "plan", "submit"], request.Tools.Select(tool => tool.Name));
        var text = string.Join('\n', request.Messages.Select(message => message.Text));
        Assert.Contains("# Question", text, StringComparison.Ordinal);
        Assert.Contains("Where is add?", text, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", text, StringComparison.Ordinal);
        Assert.DoesNotContain("pytest", text, StringComparison.Ordinal);
        Assert.InRange(text.Length / 4, 1, 1200);
    }

    [Fact]
    public async Task Question_WhateverCommandsDo_HasNoChange()
    {
        await using var bench = await QuestionAsync();
        var model = new ScriptedModelCaller(
            Calls("shell", new { command = "echo 'x = 1' > app.py; git commit -qam changed --author 'a <a@a>'" }),
            Calls("edit", new { path = "app.py", old = "x = 1", @new = "x = 2" }),
            Calls("submit", new { answer = "Changed it." }));

        var result = await RunAsync(bench, model);

        Assert.False(result.Changed);
        Assert.Equal("x = 1\n", bench.Read("app.py"));
        Assert.Contains("There is no tool \"edit\"", AgentBench.NewsOf(model.Requests[2]), StringComparison.Ordinal);
        Assert.Equal("Changed it.", result.Answer!.Text);
    }

    [Fact]
    public async Task Question_WithoutAnAnswer_EndsWithItsReason()
    {
        await using var bench = await QuestionAsync();
        bench.Options.MaxTurns = 1;
        var model = new ScriptedModelCaller(Calls("view", new { path = "app.py" }));

        var result = await RunAsync(bench, model);

        Assert.Null(result.Answer);
        Assert.Equal(InterruptionKind.Limit, result.Interruption!.Kind);
        Assert.StartsWith("the budget of 1 turn is used up", result.Summary, StringComparison.Ordinal);
        Assert.False(result.Changed);
    }

    private static async Task<AgentBench> QuestionAsync()
    {
        var bench = await AgentBench.WithAsync();
        (bench.IsQuestion, bench.Prompt) = (true, "Where is add?");
        return bench;
    }

    private static Task<BrainResult> RunAsync(AgentBench bench, ScriptedModelCaller model) => new ModelAgent(
        new SingleModelCatalog(model),
        new ToolboxFactory(Microsoft.Extensions.Options.Options.Create(new ToolboxOptions())),
        new PromptLibrary(),
        Microsoft.Extensions.Options.Options.Create(bench.Options),
        bench.Clock).RunAsync(bench.Context(), CancellationToken.None);
}
