using System.Runtime.CompilerServices;
using System.Text;
using Anthropic;
using Anthropic.Models.Messages;
using CodexService.Models.Configuration;
using Microsoft.Extensions.AI;

namespace CodexService.Models.Providers;

/// <summary>
/// Anthropic's messages through the official package. The system prompt and the end of the transcript are marked for the
/// endpoint's cache, so an append-only transcript is read from it. Repetitions and time limits are the caller's business.
/// </summary>
internal sealed class AnthropicChatClient : IChatClient
{
    private const int DefaultMaxTokens = 8192;
    private readonly HttpClient http;
    private readonly AnthropicClient client;
    private readonly string model;

    /// <summary>Creates a client; it owns <paramref name="http"/>.</summary>
    public AnthropicChatClient(ModelOptions model, HttpClient http)
    {
        this.http = http;
        this.model = model.Model;
        var address = model.Url.AbsoluteUri.TrimEnd('/');
        client = new AnthropicClient
        {
            HttpClient = http,
            ApiKey = model.Key ?? "none",
            BaseUrl = address.EndsWith("/v1", StringComparison.Ordinal) ? address[..^3] : address,
            MaxRetries = 0,
            Timeout = TimeSpan.FromDays(1),
        };
    }

    /// <inheritdoc />
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc />
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        UsageDetails usage = new();
        ToolUseBlock? call = null;
        var arguments = new StringBuilder();
        await foreach (var item in client.Messages.CreateStreaming(AnthropicMessages.Request(model, messages, options, DefaultMaxTokens), cancellationToken))
        {
            var update = new ChatResponseUpdate { Role = ChatRole.Assistant };
            if (item.TryPickStart(out var start))
            {
                var counted = start.Message.Usage;
                usage.CachedInputTokenCount = counted.CacheReadInputTokens ?? 0;
                usage.InputTokenCount = counted.InputTokens + usage.CachedInputTokenCount + (counted.CacheCreationInputTokens ?? 0);
                update.ResponseId = start.Message.ID;

                // Told now, so that an answer that breaks off is counted too.
                update.Contents.Add(new UsageContent(usage));
            }
            else if (item.TryPickContentBlockStart(out var opened))
            {
                call = opened.ContentBlock.TryPickToolUse(out var tool) ? tool : null;
                arguments.Clear();
            }
            else if (item.TryPickContentBlockDelta(out var delta))
            {
                Add(delta.Delta, update, arguments);
            }
            else if (item.TryPickContentBlockStop(out _) && call is not null)
            {
                update.Contents.Add(ToolArguments.Call(call.ID, call.Name, arguments.ToString()));
                call = null;
            }
            else if (item.TryPickDelta(out var ending))
            {
                usage.OutputTokenCount = ending.Usage.OutputTokens;
                update.Contents.Add(new UsageContent(usage));
                update.FinishReason = Finish(ending.Delta.StopReason?.Raw());
            }

            yield return update;
        }
    }

    /// <inheritdoc />
    public object? GetService(System.Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : serviceKey is null && serviceType == typeof(AnthropicClient) ? client : null;

    /// <inheritdoc />
    public void Dispose()
    {
        client.Dispose();
        http.Dispose();
    }

    private static void Add(RawContentBlockDelta delta, ChatResponseUpdate update, StringBuilder arguments)
    {
        if (delta.TryPickText(out var text))
        {
            update.Contents.Add(new TextContent(text.Text));
        }
        else if (delta.TryPickThinking(out var thought))
        {
            update.Contents.Add(new TextReasoningContent(thought.Thinking));
        }
        else if (delta.TryPickInputJson(out var json))
        {
            arguments.Append(json.PartialJson);
            update.AdditionalProperties = new() { [StreamedSize.Property] = json.PartialJson.Length };
        }
    }

    private static ChatFinishReason? Finish(string? reason) => reason switch
    {
        null => null,
        "max_tokens" or "model_context_window_exceeded" => ChatFinishReason.Length,
        "tool_use" => ChatFinishReason.ToolCalls,
        "refusal" => ChatFinishReason.ContentFilter,
        _ => ChatFinishReason.Stop,
    };
}
