using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;

namespace CodexService.Tasks.Reading;

/// <summary>What is told of questions, of reviews and of the prompts of attempts.</summary>
internal static class Answers
{
    /// <summary>The answer in Markdown, once the question is answered.</summary>
    public static string? Of(CodingTask task, AttemptResult? result) => IsAnswer(task, result) ? result!.Summary : null;

    /// <summary>The places that the answer names.</summary>
    public static IReadOnlyList<AnswerReference> References(CodingTask task, AttemptResult? result) =>
        IsAnswer(task, result) && result!.AnswerReferences is { } json
            ? JsonSerializer.Deserialize<IReadOnlyList<AnswerReference>>(json, JsonConventions.Options)!
            : [];

    /// <summary>What the review came to, once it has ended.</summary>
    public static ReviewResult? Review(CodingTask task, AttemptResult? result) =>
        task is { Kind: TaskKind.Review, State: TaskState.Succeeded } && result?.Review is { } json
            ? JsonSerializer.Deserialize<ReviewResult>(json, JsonConventions.Options)
            : null;

    /// <summary>The prompts that the attempt was opened with.</summary>
    public static AttemptPrompts? Prompts(Attempt attempt) =>
        attempt is { PromptHash: { } hash, PromptVersion: { } version, PromptModel: { } model } ? new AttemptPrompts(hash, version, model) : null;

    private static bool IsAnswer(CodingTask task, AttemptResult? result) =>
        task is { Kind: TaskKind.Ask, State: TaskState.Succeeded } && result is not null;
}
