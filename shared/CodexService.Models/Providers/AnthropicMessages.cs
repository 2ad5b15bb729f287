using System.Text.Json;
using Anthropic.Models.Messages;
using Microsoft.Extensions.AI;

namespace CodexService.Models.Providers;

/// <summary>A request in Anthropic's types. Neighbouring messages of one role become one, as the endpoint wants them to alternate.</summary>
internal static class AnthropicMessages
{
    /// <summary>Converts a request.</summary>
    public static MessageCreateParams Request(string model, IEnumerable<ChatMessage> messages, ChatOptions? options, int defaultMaxTokens)
    {
        var system = new List<TextBlockParam>();
        var turns = new List<(bool Assistant, List<ContentBlockParam> Blocks)>();
        foreach (var message in messages)
        {
            if (message.Role == ChatRole.System)
            {
                system.Add(new TextBlockParam(message.Text));
                continue;
            }

            var assistant = message.Role == ChatRole.Assistant;
            List<ContentBlockParam> blocks = [.. message.Contents.SelectMany(Block)];
            if (blocks.Count == 0)
            {
                continue;
            }

            if (turns.Count > 0 && turns[^1].Assistant == assistant)
            {
                turns[^1].Blocks.AddRange(blocks);
            }
            else
            {
                turns.Add((assistant, blocks));
            }
        }

        if (system.Count > 0)
        {
            system[^1] = system[^1] with { CacheControl = new CacheControlEphemeral() };
        }

        return WithTools(
            new MessageCreateParams
            {
                Model = model,
                MaxTokens = options?.MaxOutputTokens ?? defaultMaxTokens,
                Messages = [.. turns.Select(Message)],
                CacheControl = new CacheControlEphemeral(),
            },
            system,
            options);
    }

    private static MessageCreateParams WithTools(MessageCreateParams request, List<TextBlockParam> system, ChatOptions? options)
    {
        if (system.Count > 0)
        {
            request = request with { System = new MessageCreateParamsSystem(system) };
        }

        if (options?.StopSequences is { Count: > 0 } stops)
        {
            request = request with { StopSequences = [.. stops] };
        }

        if (options?.Temperature is { } temperature)
        {
            // The package has no property for it; the endpoint takes it up to 1.
            var body = request.RawBodyData.ToDictionary(StringComparer.Ordinal);
            body["temperature"] = JsonSerializer.SerializeToElement(Math.Min(temperature, 1f));
            request = MessageCreateParams.FromRawUnchecked(request.RawHeaderData, request.RawQueryData, body);
        }

        ToolUnion[] tools = [.. (options?.Tools ?? []).OfType<AIFunctionDeclaration>().Select(tool => (ToolUnion)new Tool
        {
            Name = tool.Name,
            Description = tool.Description,
            InputSchema = InputSchema.FromRawUnchecked(tool.JsonSchema.EnumerateObject().ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal)),
        })];
        if (tools.Length == 0)
        {
            return request;
        }

        request = request with { Tools = tools };
        return options?.ToolMode is RequiredChatToolMode ? request with { ToolChoice = new ToolChoiceAny() } : request;
    }

    private static MessageParam Message((bool Assistant, List<ContentBlockParam> Blocks) turn) => turn.Assistant
        ? new AssistantMessageParam(new MessageContentParam(turn.Blocks))
        : new UserMessageParam(new MessageContentParam(turn.Blocks));

    private static IEnumerable<ContentBlockParam> Block(AIContent content)
    {
        switch (content)
        {
            // The endpoint refuses blank text.
            case TextContent { Text: var text } when !string.IsNullOrWhiteSpace(text):
                yield return new TextBlockParam(text);
                break;
            case FunctionCallContent call:
                using (var json = JsonDocument.Parse(ToolArguments.Json(call)))
                {
                    yield return new ToolUseBlockParam
                    {
                        ID = call.CallId,
                        Name = call.Name,
                        Input = json.RootElement.EnumerateObject().ToDictionary(property => property.Name, property => property.Value.Clone(), StringComparer.Ordinal),
                    };
                }

                break;
            case FunctionResultContent result:
                yield return new ToolResultBlockParam(result.CallId)
                {
                    Content = new ToolResultBlockParamContent(ToolArguments.Text(result)),
                    IsError = result.Exception is not null ? true : null,
                };
                break;
            default:
                break;
        }
    }
}
