using System.Text.Json;
using System.Text.Json.Nodes;

namespace CodexService.Testing.ScriptedModels;

/// <summary>OpenAI's chat completions.</summary>
internal sealed class OpenAiWire(int deltaLength) : ScriptedWire(deltaLength)
{
    /// <inheritdoc />
    protected override object Error(ScriptedTurn turn) =>
        new { error = new { message = turn.ErrorMessage, type = "invalid_request_error", code = turn.ErrorCode, param = (string?)null } };

    /// <inheritdoc />
    protected override object Whole(ScriptedRequest request, ScriptedTurn turn)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = turn.Text };
        if (turn.Reasoning is not null)
        {
            message["reasoning_content"] = turn.Reasoning;
        }

        if (turn.Calls.Count > 0)
        {
            message["tool_calls"] = new JsonArray([.. turn.Calls.Select((call, i) => (JsonNode)new JsonObject
            {
                ["id"] = IdOf(request, call, i),
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = call.Arguments },
            })]);
        }

        return new JsonObject
        {
            ["id"] = $"chatcmpl-{request.Number}",
            ["object"] = "chat.completion",
            ["created"] = 1,
            ["model"] = request.Model,
            ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["finish_reason"] = FinishOf(turn) }),
            ["usage"] = Usage(UsageOf(request, turn)),
        };
    }

    /// <inheritdoc />
    protected override IEnumerable<string> Content(ScriptedRequest request, ScriptedTurn turn)
    {
        yield return Chunk(request, new { role = "assistant", content = "" });
        foreach (var piece in Pieces(turn.Reasoning ?? ""))
        {
            yield return Chunk(request, new { reasoning_content = piece });
        }

        foreach (var piece in Pieces(turn.Text))
        {
            yield return Chunk(request, new { content = piece });
        }

        for (var i = 0; i < turn.Calls.Count; i++)
        {
            var call = turn.Calls[i];
            var opening = new { index = i, id = IdOf(request, call, i), type = "function", function = new { name = call.Name, arguments = "" } };
            yield return Chunk(request, new { tool_calls = new[] { opening } });
            foreach (var piece in Pieces(call.Arguments))
            {
                yield return Chunk(request, new { tool_calls = new[] { new { index = i, function = new { arguments = piece } } } });
            }
        }
    }

    /// <inheritdoc />
    protected override IEnumerable<string> Ending(ScriptedRequest request, ScriptedTurn turn)
    {
        yield return Chunk(request, new { }, FinishOf(turn));
        if (request.Body.TryGetProperty("stream_options", out var wanted) && wanted.TryGetProperty("include_usage", out var usage) && usage.GetBoolean())
        {
            var last = new JsonObject
            {
                ["id"] = $"chatcmpl-{request.Number}",
                ["object"] = "chat.completion.chunk",
                ["created"] = 1,
                ["model"] = request.Model,
                ["choices"] = new JsonArray(),
                ["usage"] = Usage(UsageOf(request, turn)),
            };
            yield return "data: " + last.ToJsonString();
        }

        yield return "data: [DONE]";
    }

    private static string FinishOf(ScriptedTurn turn) => turn.FinishReason ?? (turn.Calls.Count > 0 ? "tool_calls" : "stop");

    private static JsonObject Usage(ScriptedUsage usage) => new()
    {
        ["prompt_tokens"] = usage.Input,
        ["completion_tokens"] = usage.Output,
        ["total_tokens"] = usage.Input + usage.Output,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = usage.Cached },
    };

    private static string Chunk(ScriptedRequest request, object delta, string? finish = null) => "data: " + JsonSerializer.Serialize(new
    {
        id = $"chatcmpl-{request.Number}",
        @object = "chat.completion.chunk",
        created = 1,
        model = request.Model,
        choices = new[] { new { index = 0, delta, finish_reason = finish } },
    });
}
