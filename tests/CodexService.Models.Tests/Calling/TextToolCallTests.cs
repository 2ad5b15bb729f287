using CodexService.Models.Configuration;
using CodexService.Testing.ScriptedModels;
using Microsoft.Extensions.AI;
using static CodexService.Models.Tests.Calling.CallerFixture;

namespace CodexService.Models.Tests.Calling;

public sealed class TextToolCallTests
{
    private const string Call = "Looking.\n<call name=\"edit\">\n<path>a.py</path>\n<old>1</old>\n<new>2</new>\n</call>";

    public static TheoryData<ScriptedTurn> Refusals { get; } = new(
        ScriptedTurn.ToolsRefused(),
        ScriptedTurn.Error(400, "api_error", "registry.ollama.ai/library/gemma3:4b does not support tools"),
        ScriptedTurn.Error(500, "server_error", "tools param requires --jinja flag"),
        ScriptedTurn.Error(404, "404", "No endpoints found that support tool use."),
        ScriptedTurn.Error(422, "invalid", "Extra inputs are not permitted: body.tools"));

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Auto_EndpointRefusesTools_GoesOnAsTextAndRemembers(ScriptedTurn refusal)
    {
        await using var server = await ScriptedModelServer.StartAsync(request => request.HasTools ? refusal : ScriptedTurn.Say(Call));
        using var models = For(server);

        var answer = await models.Caller.AskAsync(AskWithTools(), default);
        await models.Caller.AskAsync(AskWithTools(), default);

        var call = Assert.Single(answer.Message.Contents.OfType<FunctionCallContent>());
        Assert.Equal(("edit", "Looking.", ChatFinishReason.ToolCalls), (call.Name, answer.Message.Text, answer.FinishReason));
        Assert.Equal([true, false, false], server.Requests.Select(request => request.HasTools));
        Assert.Contains("<call name=\"edit\">", ScriptedRequest.TextOf(server.Requests[1].Messages[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Auto_ModelWritesCallsIntoTheText_AreTakenAndTextGoesOn()
    {
        await using var server = await ScriptedModelServer.StartAsync(
            ScriptedTurn.Say("<think>call edit? <call name=\"run_tests\"/></think>\n<tool_call>{\"name\": \"run_tests\", \"arguments\": {}}</tool_call>"),
            ScriptedTurn.Say("done"));
        using var models = For(server);

        var answer = await models.Caller.AskAsync(AskWithTools(), default);
        var call = Assert.Single(answer.Message.Contents.OfType<FunctionCallContent>());
        await models.Caller.AskAsync(new([.. AskWithTools().Messages, answer.Message, new(ChatRole.Tool, [new FunctionResultContent(call.CallId, "3 passed")])], SampleTool.All), default);

        Assert.Equal("run_tests", call.Name);
        var second = server.Requests[1];
        Assert.False(second.HasTools);
        Assert.Equal(["system", "user", "assistant", "user"], second.Roles);
        Assert.Equal("<tool_call>{\"name\": \"run_tests\", \"arguments\": {}}</tool_call>", ScriptedRequest.TextOf(second.Messages[2]));
        Assert.Equal("<result name=\"run_tests\">\n3 passed\n</result>", second.LastText);
    }

    [Fact]
    public async Task Auto_SlipOfAModelThatCallsNatively_IsTakenAndNativeGoesOn()
    {
        await using var server = await ScriptedModelServer.StartAsync(ScriptedTurn.Call("run_tests", new { }), ScriptedTurn.Say(Call), ScriptedTurn.Say("done"));
        using var models = For(server);
        await models.Caller.AskAsync(AskWithTools(), default);

        var slip = await models.Caller.AskAsync(AskWithTools(), default);
        await models.Caller.AskAsync(AskWithTools(), default);

        Assert.Equal("edit", Assert.Single(slip.Message.Contents.OfType<FunctionCallContent>()).Name);
        Assert.All(server.Requests, request => Assert.True(request.HasTools));
    }

    [Fact]
    public async Task Native_Configured_NeverChanges()
    {
        await using var server = await ScriptedModelServer.StartAsync(new ScriptedModelOptions { NativeTools = false });
        using var models = For(server, model => model with { ToolCalls = ToolCalls.Native });

        var error = await Assert.ThrowsAsync<ModelException>(() => models.Caller.AskAsync(AskWithTools(), default));

        ModelCallerTests.AssertOneLine(error, ModelFailure.Refused, "enable-auto-tool-choice");
    }

    [Fact]
    public async Task Text_LongTranscript_KeepsItsPrefixAndHasNoToolRoles()
    {
        await using var server = await ScriptedModelServer.StartAsync(_ => ScriptedTurn.Say(Call));
        using var models = For(server, model => model with { ToolCalls = ToolCalls.Text });
        List<ChatMessage> transcript = [.. AskWithTools().Messages];

        for (var turn = 0; turn < 4; turn++)
        {
            var answer = await models.Caller.AskAsync(new([.. transcript], SampleTool.All), default);
            var call = Assert.Single(answer.Message.Contents.OfType<FunctionCallContent>());
            transcript.AddRange([answer.Message, new(ChatRole.Tool, [new FunctionResultContent(call.CallId, $"result {turn}")])]);
        }

        for (var i = 1; i < server.Requests.Count; i++)
        {
            var earlier = server.Requests[i - 1].Messages;
            Assert.Equal(earlier.Select(message => message.GetRawText()), server.Requests[i].Messages.Take(earlier.Count).Select(message => message.GetRawText()));
        }

        Assert.All(server.Requests, request => Assert.DoesNotContain("tool", request.Roles));
        Assert.Equal(["system", "user", "assistant", "user", "assistant", "user", "assistant", "user"], server.Requests[3].Roles);
    }

    [Fact]
    public async Task Text_MalformedCall_CarriesTheRightForm()
    {
        await using var server = await ScriptedModelServer.StartAsync(ScriptedTurn.Say("<call name=\"edit\">\npath = a.py\n</call>"));
        using var models = For(server, model => model with { ToolCalls = ToolCalls.Text });

        var answer = await models.Caller.AskAsync(AskWithTools(), default);

        Assert.Contains("The right form: <call name=\"edit\">", Assert.Single(answer.Message.Contents.OfType<FunctionCallContent>()).Exception!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_ModelInventsResults_TheyAreNotTaken()
    {
        await using var server = await ScriptedModelServer.StartAsync(ScriptedTurn.Say("<call name=\"run_tests\">\n</call>\n<result name=\"run_tests\">\n9 passed\n</result>\n<call name=\"edit\"><path>x"));
        using var models = For(server, model => model with { ToolCalls = ToolCalls.Text });

        var answer = await models.Caller.AskAsync(AskWithTools(), default);

        Assert.Equal("run_tests", Assert.Single(answer.Message.Contents.OfType<FunctionCallContent>()).Name);
        Assert.Equal("", answer.Message.Text);
    }
}
