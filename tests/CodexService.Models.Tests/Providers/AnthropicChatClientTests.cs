using System.Text.Json;
using CodexService.Models.Configuration;
using CodexService.Models.Tests.Calling;
using CodexService.Testing.ScriptedModels;
using Microsoft.Extensions.AI;
using static CodexService.Models.Tests.Calling.CallerFixture;

namespace CodexService.Models.Tests.Providers;

public sealed class AnthropicChatClientTests
{
    [Fact]
    public async Task Ask_ToolsAndResults_GoBothWays_WithThePrefixMarkedForTheCache()
    {
        await using var server = await ScriptedModelServer.StartAsync(
            ScriptedTurn.CallAll(ScriptedCall.Of("edit", new { path = "a.py", old = "1", @new = "2" }), ScriptedCall.Of("run_tests", new { })) with { Text = "Editing.", Usage = new(1000, 800, 50) },
            ScriptedTurn.Say("done"));
        using var models = For(server, model => Anthropic(server, model) with { Prices = new ModelPrices(1m, 0.1m, 5m) });

        var answer = await models.Caller.AskAsync(AskWithTools() with { Temperature = 0.3f, MaxOutputTokens = 99 }, default);
        var calls = answer.Message.Contents.OfType<FunctionCallContent>().ToList();
        await models.Caller.AskAsync(new(
            [.. AskWithTools().Messages, answer.Message,
                new(ChatRole.Tool, [new FunctionResultContent(calls[0].CallId, "edited")]), new(ChatRole.Tool, [new FunctionResultContent(calls[1].CallId, "2 passed")]),
                new(ChatRole.User, "go on")],
            SampleTool.All), default);

        Assert.Equal("Editing.", answer.Message.Text);
        Assert.Equal(["edit", "run_tests"], calls.Select(call => call.Name));
        Assert.Equal("a.py", ((JsonElement)calls[0].Arguments!["path"]!).GetString());
        Assert.Equal(ChatFinishReason.ToolCalls, answer.FinishReason);
        Assert.Equal(new ModelUsage(1000, 800, 50, 0.00053m), answer.Usage);

        var first = server.Requests[0].Body;
        Assert.Equal((99, "ephemeral"), (first.GetProperty("max_tokens").GetInt32(), first.GetProperty("cache_control").GetProperty("type").GetString()));
        Assert.Equal(0.3f, first.GetProperty("temperature").GetSingle());
        Assert.Equal("ephemeral", first.GetProperty("system")[0].GetProperty("cache_control").GetProperty("type").GetString());
        Assert.Equal("Be brief.", first.GetProperty("system")[0].GetProperty("text").GetString());
        Assert.Equal(["path", "old", "new"], first.GetProperty("tools")[0].GetProperty("input_schema").GetProperty("required").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(["user", "assistant", "user"], server.Requests[1].Roles);
        Assert.Equal(["tool_result", "tool_result", "text"], server.Requests[1].Messages[2].GetProperty("content").EnumerateArray().Select(block => block.GetProperty("type").GetString()));
        Assert.Equal("tool_use", server.Requests[1].Messages[1].GetProperty("content")[1].GetProperty("type").GetString());
    }

    [Fact]
    public async Task Ask_PassingFaults_AreRepeated()
    {
        await using var server = await ScriptedModelServer.StartAsync(
            ScriptedTurn.Error(529, "overloaded_error", "Overloaded"), ScriptedTurn.Truncated(), ScriptedTurn.Say("at last"));
        using var models = For(server, model => Anthropic(server, model));

        Assert.Equal("at last", (await models.Caller.AskAsync(Ask(), default)).Message.Text);
    }

    public static TheoryData<ScriptedTurn, ModelFailure, string> LastingFaults { get; } = new()
    {
        { ScriptedTurn.Error(401, "authentication_error", $"invalid x-api-key {Secret}"), ModelFailure.Unauthorized, "CODEX_MODEL_KEY" },
        { ScriptedTurn.Error(404, "not_found_error", "model: claude-9"), ModelFailure.UnknownModel, "claude-9" },
        { ScriptedTurn.Error(400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"), ModelFailure.ContextTooSmall, "210000" },
        { ScriptedTurn.Error(400, "invalid_request_error", "Your credit balance is too low to access the API"), ModelFailure.Refused, "credit" },
        { ScriptedTurn.GarbageJson(), ModelFailure.Garbled, "garbled" },
    };

    [Theory]
    [MemberData(nameof(LastingFaults))]
    public async Task Ask_LastingFault_IsToldInOneLine(ScriptedTurn fault, ModelFailure failure, string says)
    {
        await using var server = await ScriptedModelServer.StartAsync(_ => fault);
        using var models = For(server, model => Anthropic(server, model));

        var error = await Assert.ThrowsAsync<ModelException>(() => models.Caller.AskAsync(Ask(), default));

        ModelCallerTests.AssertOneLine(error, failure, says);
    }

    [Fact]
    public async Task Ask_Cancelled_AbortsTheRequest()
    {
        await using var server = await ScriptedModelServer.StartAsync(ScriptedTurn.GoSilent());
        using var models = For(server, model => Anthropic(server, model));
        using var leaving = new CancellationTokenSource();
        var asking = models.Caller.AskAsync(Ask(), leaving.Token);
        var request = await server.NextRequestAsync();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.WaitAsync(TimeSpan.FromMinutes(1)));
        await request.Aborted.WaitAsync(TimeSpan.FromMinutes(1));
    }

    private static ModelOptions Anthropic(ScriptedModelServer server, ModelOptions model) =>
        model with { Provider = ModelProvider.Anthropic, Url = new Uri(server.BaseUrl) };
}
