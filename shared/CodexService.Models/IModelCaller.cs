using Microsoft.Extensions.AI;

namespace CodexService.Models;

/// <summary>
/// One configured model (or a chain of them) that answers turns. Streaming, retries, time limits, the fallback chain and
/// the way tools are called (natively or as text) are its business; the agent sees finished answers. Thread-safe.
/// </summary>
public interface IModelCaller
{
    /// <summary>Configured name of the model that is asked first.</summary>
    string Name { get; }

    /// <summary>Tokens of prompt and answer together that the model takes, as configured; <see langword="null"/> when nobody said.</summary>
    int? ContextTokens { get; }

    /// <summary>
    /// Tokens of prompt and answer together: as configured, else as the endpoint tells when asked; <see langword="null"/>
    /// when neither says. Takes seconds at most and never fails.
    /// </summary>
    Task<int?> FindContextAsync(CancellationToken cancellationToken) => Task.FromResult(ContextTokens);

    /// <summary>Tokens within which this model still works well, as configured; <see langword="null"/> for the agent's default.</summary>
    int? WorkingTokens => null;

    /// <summary>Sampling temperature that the model's settings fix for every request; <see langword="null"/> when the caller chooses.</summary>
    float? Temperature => null;

    /// <summary>
    /// One answer. Tool calls are <see cref="FunctionCallContent"/> of <see cref="ModelAnswer.Message"/>, whether the
    /// endpoint calls tools natively or the text protocol was parsed; a call that cannot be read carries the reason in
    /// <see cref="FunctionCallContent.Exception"/>, for the text protocol with the right form in a second line.
    /// </summary>
    /// <exception cref="ModelException">No model of the chain answered; the message is one line for people.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up; the request is aborted.</exception>
    Task<ModelAnswer> AskAsync(ModelRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Tokens of a text as this model counts them: exact when its tokenizer can be asked, else an estimate that is
    /// corrected by what the endpoint reported for earlier requests.
    /// </summary>
    int CountTokens(string text);
}

/// <summary>What a model is asked.</summary>
/// <param name="Messages">The transcript, oldest first. Appending only keeps the endpoint's prefix cache warm.</param>
/// <param name="Tools">What the model may call.</param>
public sealed record ModelRequest(IReadOnlyList<ChatMessage> Messages, IReadOnlyList<AIFunctionDeclaration> Tools)
{
    /// <summary>Sampling temperature, unless the model's settings fix one; <see langword="null"/> for the model's own default.</summary>
    public float? Temperature { get; init; }

    /// <summary>Upper bound of the answer; <see langword="null"/> for the model's own.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>Receives the answer's text as it streams in; never blocks for long.</summary>
    public IProgress<string>? Text { get; init; }

    /// <summary>
    /// Told what a try used that ended without an answer (broken off, repeated, handed to another model, given up), as far as
    /// the endpoint reported it. <see cref="ModelAnswer.Usage"/> does not hold it.
    /// </summary>
    public Action<ModelUsage>? Unanswered { get; init; }
}

/// <summary>What a model answered.</summary>
/// <param name="Message">Text and tool calls, role assistant.</param>
/// <param name="Usage">What it cost, calls that failed before it included as far as the endpoint reported them.</param>
/// <param name="Model">Configured name of the model that answered.</param>
/// <param name="FinishReason">Why it ended; <see cref="ChatFinishReason.Length"/> when it was cut off.</param>
/// <param name="FirstToken">From the request to the first token.</param>
/// <param name="Duration">From the request to the end, retries included.</param>
public sealed record ModelAnswer(
    ChatMessage Message,
    ModelUsage Usage,
    string Model,
    ChatFinishReason FinishReason,
    TimeSpan FirstToken,
    TimeSpan Duration);

/// <summary>What a turn, an attempt or a task used.</summary>
/// <param name="InputTokens">Prompt tokens, cached ones included.</param>
/// <param name="CachedInputTokens">Prompt tokens that the endpoint took from its cache.</param>
/// <param name="OutputTokens">Answer tokens, reasoning included.</param>
/// <param name="Cost">Price by the configured table, in the table's currency; 0 when no price is configured.</param>
public sealed record ModelUsage(long InputTokens, long CachedInputTokens, long OutputTokens, decimal Cost)
{
    /// <summary>Nothing used.</summary>
    public static ModelUsage None { get; } = new(0, 0, 0, 0m);

    /// <summary>Both together.</summary>
    public static ModelUsage operator +(ModelUsage left, ModelUsage right) => new(
        left.InputTokens + right.InputTokens,
        left.CachedInputTokens + right.CachedInputTokens,
        left.OutputTokens + right.OutputTokens,
        left.Cost + right.Cost);
}

/// <summary>What kept a model from answering.</summary>
public enum ModelFailure
{
    /// <summary>The address does not answer: refused, unknown host, TLS, not an API.</summary>
    Unreachable,

    /// <summary>The key is missing, wrong or lacks a right.</summary>
    Unauthorized,

    /// <summary>The endpoint does not know the model's name.</summary>
    UnknownModel,

    /// <summary>The prompt is larger than the model takes.</summary>
    ContextTooSmall,

    /// <summary>Still refused for load after every retry.</summary>
    Overloaded,

    /// <summary>The endpoint went silent: no token within the limit.</summary>
    Silent,

    /// <summary>What came back is not an answer in the protocol.</summary>
    Garbled,

    /// <summary>The request was refused for another reason, which the message gives.</summary>
    Refused,
}

/// <summary>A model did not answer. The message is one line for people: which model, what was wrong, what to do.</summary>
public sealed class ModelException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ModelException(ModelFailure failure, string message, Exception? innerException = null)
        : base(message, innerException) => Failure = failure;

    /// <summary>What kept the model from answering.</summary>
    public ModelFailure Failure { get; }
}
