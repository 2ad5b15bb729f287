using System.ClientModel;
using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using CodexService.Models.Configuration;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using AIChatMessage = Microsoft.Extensions.AI.ChatMessage;
using AIFinishReason = Microsoft.Extensions.AI.ChatFinishReason;
using OpenAIFinishReason = OpenAI.Chat.ChatFinishReason;

namespace CodexService.Models.Providers;

/// <summary>OpenAI's chat completions through the official package. Repetitions and time limits are the caller's business.</summary>
internal sealed class OpenAIChatClient : IChatClient
{
    private readonly HttpClient http;
    private readonly ChatClient client;
    private readonly string? key;
    private readonly bool takesCompletionTokens;

    /// <summary>Creates a client; it owns <paramref name="http"/>.</summary>
    public OpenAIChatClient(ModelOptions model, HttpClient http)
    {
        this.http = http;
        key = model.Key;
        takesCompletionTokens = model.Url.Host.EndsWith(".openai.com", StringComparison.Ordinal) || model.Url.Host.EndsWith(".azure.com", StringComparison.Ordinal);
        client = new ChatClient(model.Model, new ApiKeyCredential(model.Key ?? "none"), new OpenAIClientOptions
        {
            Endpoint = model.Url,
            Transport = new HttpClientPipelineTransport(http),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        });
    }

    /// <inheritdoc />
    public Task<ChatResponse> GetResponseAsync(IEnumerable<AIChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc />
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<AIChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var calls = new OpenAIToolCalls();
        await foreach (var chunk in client.CompleteChatStreamingAsync(OpenAIMessages.From(messages), Options(options), cancellationToken))
        {
            Refuse(chunk);
            var update = new ChatResponseUpdate { Role = ChatRole.Assistant, ResponseId = chunk.CompletionId, RawRepresentation = chunk };
            foreach (var part in chunk.ContentUpdate)
            {
                if (part.Text is { Length: > 0 } text)
                {
                    update.Contents.Add(new TextContent(text));
                }
            }

            if (Reasoning(chunk) is { Length: > 0 } reasoning)
            {
                update.Contents.Add(new TextReasoningContent(reasoning));
            }

            foreach (var call in chunk.ToolCallUpdates)
            {
                calls.Add(call);
            }

            update.AdditionalProperties = chunk.ToolCallUpdates.Count > 0 ? new() { [StreamedSize.Property] = chunk.ToolCallUpdates.Sum(OpenAIToolCalls.SizeOf) } : null;
            update.FinishReason = Finish(chunk.FinishReason);
            if (chunk.Usage is { } usage)
            {
                update.Contents.Add(new UsageContent(new UsageDetails
                {
                    InputTokenCount = usage.InputTokenCount,
                    CachedInputTokenCount = usage.InputTokenDetails?.CachedTokenCount,
                    OutputTokenCount = usage.OutputTokenCount,
                }));
            }

            yield return update;
        }

        if (calls.Finish() is { Count: > 0 } finished)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, finished);
        }
    }

    /// <inheritdoc />
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : serviceKey is null && serviceType == typeof(ChatClient) ? client : null;

    /// <inheritdoc />
    public void Dispose() => http.Dispose();

    private ChatCompletionOptions Options(ChatOptions? asked)
    {
        var options = new ChatCompletionOptions { Temperature = asked?.Temperature };
        if (asked?.MaxOutputTokens is { } most)
        {
            // OpenAI refuses the old name for its newer models; many others know only the old name.
            if (takesCompletionTokens)
            {
                options.MaxOutputTokenCount = most;
            }
            else
            {
#pragma warning disable SCME0001 // The package's way to set what it has no property for; marked as subject to change.
                options.Patch.Set("$.max_tokens"u8, most);
#pragma warning restore SCME0001
            }
        }

        foreach (var stop in asked?.StopSequences ?? [])
        {
            options.StopSequences.Add(stop);
        }

        foreach (var tool in asked?.Tools?.OfType<AIFunctionDeclaration>() ?? [])
        {
            options.Tools.Add(ChatTool.CreateFunctionTool(tool.Name, tool.Description, BinaryData.FromString(tool.JsonSchema.GetRawText())));
        }

        if (options.Tools.Count > 0 && asked?.ToolMode is RequiredChatToolMode)
        {
            options.ToolChoice = ChatToolChoice.CreateRequiredChoice();
        }

        return options;
    }

#pragma warning disable SCME0001 // The package's way to read what it has no property for; marked as subject to change.
    private static string? Reasoning(StreamingChatCompletionUpdate chunk) =>
        chunk.Patch.TryGetValue("$.choices[0].delta.reasoning_content"u8, out string? said) || chunk.Patch.TryGetValue("$.choices[0].delta.reasoning"u8, out said)
            ? said
            : null;

    // vLLM and gateways report a failure in the middle of a stream as an event of its own.
    private void Refuse(StreamingChatCompletionUpdate chunk)
    {
        if (chunk.Patch.Contains("$.error"u8))
        {
            var message = chunk.Patch.TryGetValue("$.error.message"u8, out string? said) ? said : chunk.Patch.GetJson("$.error"u8).ToString();
            var status = chunk.Patch.TryGetValue("$.error.code"u8, out int code) && code is >= 400 and < 600 ? code : 500;
            throw new EndpointException(EndpointFault.Status, EndpointHandler.OneLine(message ?? "", key)) { Status = status };
        }
    }
#pragma warning restore SCME0001

    private static AIFinishReason? Finish(OpenAIFinishReason? reason) => reason switch
    {
        null => null,
        OpenAIFinishReason.Length => AIFinishReason.Length,
        OpenAIFinishReason.ContentFilter => AIFinishReason.ContentFilter,
        OpenAIFinishReason.ToolCalls or OpenAIFinishReason.FunctionCall => AIFinishReason.ToolCalls,
        _ => AIFinishReason.Stop,
    };
}
