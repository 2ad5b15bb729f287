using System.Diagnostics.CodeAnalysis;
using System.Text;
using CodexService.Models.Configuration;
using CodexService.Models.Providers;
using Microsoft.Extensions.AI;

namespace CodexService.Models.Calling;

/// <summary>A whole answer as it came over the wire.</summary>
internal sealed record RawAnswer(
    string Text, string Reasoning, IReadOnlyList<FunctionCallContent> Calls, UsageDetails? Usage, ChatFinishReason FinishReason, TimeSpan FirstToken);

/// <summary>Reads one stream to its end within the limits of time and size.</summary>
internal sealed class AnswerReader(ModelsOptions limits, TimeProvider time)
{
    /// <summary>Reads one answer; <paramref name="unanswered"/> is told what was used when there is none.</summary>
    /// <exception cref="EndpointException">The endpoint did not answer properly.</exception>
    /// <exception cref="HttpRequestException">There was no connection.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up; the request is aborted.</exception>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The SDKs throw many types for what is not in the protocol; all mean the same here.")]
    public async Task<RawAnswer> ReadAsync(
        IChatClient client,
        IReadOnlyList<ChatMessage> messages,
        ChatOptions options,
        IProgress<string>? progress,
        Action<UsageDetails> unanswered,
        CancellationToken cancellationToken)
    {
        using var quiet = new CancellationTokenSource(limits.FirstTokenTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(quiet.Token, cancellationToken);
        var answer = new Collected(limits.LongestAnswer, progress);
        var started = time.GetTimestamp();
        try
        {
            await foreach (var update in client.GetStreamingResponseAsync(messages, options, either.Token))
            {
                if (answer.Add(update))
                {
                    answer.FirstToken ??= time.GetElapsedTime(started);
                    quiet.CancelAfter(limits.FirstTokenTimeout);
                }
            }
        }
        catch (Exception e)
        {
            answer.TellUsage(unanswered);
            cancellationToken.ThrowIfCancellationRequested();
            throw quiet.IsCancellationRequested
                ? new EndpointException(EndpointFault.Silent, answer.FirstToken is null ? "no token came" : "the answer stopped in the middle", e)
                : Told(e, answer.FirstToken is not null);
        }

        if (answer.Finish() is { } whole)
        {
            return whole;
        }

        answer.TellUsage(unanswered);
        throw new EndpointException(
            EndpointFault.Broken, answer.FirstToken is null ? "the stream ended without a token" : "the answer ended in the middle");
    }

    // What the SDKs wrap is what counts.
    private static Exception Told(Exception e, bool hasBegun)
    {
        for (var inner = e; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case EndpointException told:
                    return told;
                case HttpRequestException or IOException when hasBegun:
                    return new EndpointException(EndpointFault.Broken, "the connection broke in the middle of the answer", e);
                case HttpRequestException none:
                    return none;
                case IOException:
                    return new EndpointException(EndpointFault.Broken, "the connection broke", e);
                default:
                    break;
            }
        }

        return new EndpointException(EndpointFault.Broken, $"it is not in the protocol ({e.GetType().Name})", e);
    }

    private sealed class Collected(int longest, IProgress<string>? progress)
    {
        private readonly StringBuilder text = new();
        private readonly StringBuilder reasoning = new();
        private readonly List<FunctionCallContent> calls = [];
        private ChatFinishReason? finish;
        private long size;

        public TimeSpan? FirstToken { get; set; }

        private UsageDetails? Usage { get; set; }

        /// <summary>Takes an update; whether it brought a token.</summary>
        public bool Add(ChatResponseUpdate update)
        {
            var before = size;
            finish = update.FinishReason ?? finish;
            size += update.AdditionalProperties?.TryGetValue(StreamedSize.Property, out var gathered) == true && gathered is int length ? length : 0;
            foreach (var content in update.Contents)
            {
                switch (content)
                {
                    case TextReasoningContent thought:
                        reasoning.Append(thought.Text);
                        size += thought.Text.Length;
                        break;
                    case TextContent said:
                        text.Append(said.Text);
                        size += said.Text.Length;
                        progress?.Report(said.Text);
                        break;
                    case FunctionCallContent call:
                        calls.Add(call);
                        break;
                    case UsageContent counted:
                        Usage = counted.Details;
                        break;
                    default:
                        break;
                }
            }

            return size <= longest
                ? size > before || update.FinishReason is not null || calls.Count > 0
                : throw new EndpointException(EndpointFault.TooLarge, $"more than {longest} characters");
        }

        /// <summary>Says what was used, when the endpoint has reported it.</summary>
        public void TellUsage(Action<UsageDetails> listener)
        {
            if (Usage is not null)
            {
                listener(Usage);
            }
        }

        public RawAnswer? Finish() => finish is { } reason
            ? new RawAnswer(text.ToString(), reasoning.ToString(), calls, Usage, reason, FirstToken ?? TimeSpan.Zero)
            : null;
    }
}
