using System.Text.Json;
using System.Text.Json.Nodes;

namespace CodexService.Testing.ScriptedModels;

/// <summary>Anthropic's messages.</summary>
internal sealed class AnthropicWire(int deltaLength) : ScriptedWire(deltaLength)
{
    /// <inheritdoc />
    protected override object Error(ScriptedTurn turn) => new { type = "error", error = new { type = turn.ErrorCode, message = turn.ErrorMessage } };

    /// <inheritdoc />
    protected override object Whole(ScriptedRequest request, ScriptedTurn turn)
    {
        var message = Message(request, turn);
        var content = (JsonArray)message["content"]!;
        if (turn.Text.Length > 0)
        {
            content.Add(new JsonObject { ["type"] = "text", ["text"] = turn.Text });
        }

        for (var i = 0; i < turn.Calls.Count; i++)
        {
            content.Add(new JsonObject
            {
                ["type"] = "tool_use",
                ["id"] = IdOf(request, turn.Calls[i], i),
                ["name"] = turn.Calls[i].Name,
                ["input"] = JsonNode.Parse(turn.Calls[i].Arguments),
            });
        }

        message["stop_reason"] = StopOf(turn);
        message["usage"]!["output_tokens"] = UsageOf(request, turn).Output;
        return message;
    }

    /// <inheritdoc />
    protected override IEnumerable<string> Content(ScriptedRequest request, ScriptedTurn turn)
    {
        yield return Event("message_start", new { type = "message_start", message = Message(request, turn) });
        var index = 0;
        if (turn.Text.Length > 0)
        {
            yield return Event("content_block_start", new { type = "content_block_start", index, content_block = new { type = "text", text = "" } });
            foreach (var piece in Pieces(turn.Text))
            {
                yield return Event("content_block_delta", new { type = "content_block_delta", index, delta = new { type = "text_delta", text = piece } });
            }

            yield return Event("content_block_stop", new { type = "content_block_stop", index });
            index++;
        }

        for (var i = 0; i < turn.Calls.Count; i++, index++)
        {
            var block = new { type = "tool_use", id = IdOf(request, turn.Calls[i], i), name = turn.Calls[i].Name, input = new { } };
            yield return Event("content_block_start", new { type = "content_block_start", index, content_block = block });
            foreach (var piece in Pieces(turn.Calls[i].Arguments))
            {
                yield return Event("content_block_delta", new { type = "content_block_delta", index, delta = new { type = "input_json_delta", partial_json = piece } });
            }

            yield return Event("content_block_stop", new { type = "content_block_stop", index });
        }
    }

    /// <inheritdoc />
    protected override IEnumerable<string> Ending(ScriptedRequest request, ScriptedTurn turn)
    {
        yield return Event("message_delta", new
        {
            type = "message_delta",
            delta = new { stop_reason = StopOf(turn), stop_sequence = (string?)null },
            usage = new { output_tokens = UsageOf(request, turn).Output },
        });
        yield return Event("message_stop", new { type = "message_stop" });
    }

    private static string StopOf(ScriptedTurn turn) => turn.FinishReason switch
    {
        "length" => "max_tokens",
        null => turn.Calls.Count > 0 ? "tool_use" : "end_turn",
        var reason => reason,
    };

    private static JsonObject Message(ScriptedRequest request, ScriptedTurn turn)
    {
        var usage = UsageOf(request, turn);
        return new()
        {
            ["id"] = $"msg_{request.Number}",
            ["type"] = "message",
            ["role"] = "assistant",
            ["model"] = request.Model,
            ["content"] = new JsonArray(),
            ["stop_reason"] = null,
            ["stop_sequence"] = null,
            ["usage"] = new JsonObject
            {
                ["input_tokens"] = usage.Input - usage.Cached,
                ["cache_read_input_tokens"] = usage.Cached,
                ["cache_creation_input_tokens"] = 0,
                ["output_tokens"] = 1,
            },
        };
    }

    private static string Event(string name, object data) => $"event: {name}\ndata: {JsonSerializer.Serialize(data)}";
}
