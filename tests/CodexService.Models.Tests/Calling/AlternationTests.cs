using CodexService.Testing.ScriptedModels;
using Microsoft.Extensions.AI;
using static CodexService.Models.Tests.Calling.CallerFixture;

namespace CodexService.Models.Tests.Calling;

/// <summary>Chat templates that insist on user and assistant in turn, or know no system message.</summary>
public sealed class AlternationTests
{
    private static readonly FunctionCallContent Call = new("c1", "view", new Dictionary<string, object?>(StringComparer.Ordinal) { ["path"] = "a.py" });

    // As the agent writes it: prompt and message of a person, then a nudge behind a result.
    private static readonly ModelRequest Transcript = AskWithTools() with
    {
        Messages =
        [
            new(ChatRole.System, "Be brief."),
            new(ChatRole.User, "The task."),
            new(ChatRole.User, "A message."),
            new(ChatRole.Assistant, [Call]),
            new(ChatRole.Tool, [new FunctionResultContent("c1", "line 1")]),
            new(ChatRole.User, "A nudge."),
        ],
    };

    [Fact]
    public async Task Ask_NeighbouringMessagesOfTheUser_BecomeOne()
    {
        await using var server = await ScriptedModelServer.StartAsync(ScriptedTurn.Say("ok"));
        using var models = For(server);

        await models.Caller.AskAsync(Transcript, default);

        var request = Assert.Single(server.Requests);
        Assert.Equal(["system", "user", "assistant", "tool", "user"], request.Roles);
        Assert.Equal("The task.\n\nA message.", ScriptedRequest.TextOf(request.Messages[1]));
    }

    [Fact]
    public async Task Ask_TemplateWantsTurns_NotesJoinTheResultsFromThenOn()
    {
        await using var server = await ScriptedModelServer.StartAsync(new ScriptedModelOptions { StrictTurns = true }, ScriptedTurn.Say("ok"), ScriptedTurn.Say("ok"));
        using var models = For(server);

        await models.Caller.AskAsync(Transcript, default);
        await models.Caller.AskAsync(Transcript, default);

        Assert.Equal(3, server.Requests.Count);
        Assert.Equal(["system", "user", "assistant", "tool"], server.Requests[^1].Roles);
        Assert.Equal("line 1\n\nA nudge.", server.Requests[^1].LastText);
    }

    [Fact]
    public async Task Ask_TemplateKnowsNoSystemMessage_ItsTextLeadsTheFirstPrompt()
    {
        var options = new ScriptedModelOptions { StrictTurns = true, SystemRole = false, NativeTools = false };
        await using var server = await ScriptedModelServer.StartAsync(options, ScriptedTurn.Say("ok"), ScriptedTurn.Say("ok"));
        using var models = For(server);

        await models.Caller.AskAsync(Transcript, default);
        await models.Caller.AskAsync(Transcript, default);

        Assert.Equal(4, server.Requests.Count);
        Assert.Equal(["user", "assistant", "user"], server.Requests[^1].Roles);
        Assert.StartsWith("Be brief.", ScriptedRequest.TextOf(server.Requests[^1].Messages[0]), StringComparison.Ordinal);
        Assert.EndsWith("The task.\n\nA message.", ScriptedRequest.TextOf(server.Requests[^1].Messages[0]), StringComparison.Ordinal);
    }
}
