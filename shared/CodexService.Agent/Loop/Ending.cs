using CodexService.Agent.Context;
using CodexService.Agent.Tools;

namespace CodexService.Agent.Loop;

/// <summary>How the work of an attempt ended: with a submission, or for a reason.</summary>
/// <param name="Reason">Why it ended before the model submitted, one line; <see langword="null"/> when it submitted.</param>
/// <param name="Submission">What the model submitted.</param>
internal sealed record Ending(string? Reason, Submission? Submission = null)
{
    /// <summary>What ended it early; <see langword="null"/> when the model submitted.</summary>
    public InterruptionKind? Kind { get; init; }

    private const int LongestTitle = 72;

    /// <summary>Set when the work did not end but waits for a person.</summary>
    public Parking? Parking { get; init; }

    /// <summary>What the brain ends with. The first line says how it ended, unless the model submitted a change.</summary>
    /// <param name="prompt">The task, which names work that nobody named.</param>
    /// <param name="changes">What changed; empty when nothing.</param>
    /// <param name="plan">The plan, when the model kept one.</param>
    public BrainResult ToResult(string prompt, string changes, string? plan) =>
        Describe(prompt, changes, plan) with { Interruption = Interruption, Parking = Parking };

    /// <summary>An end that something else than the model brought.</summary>
    public static Ending Early(InterruptionKind kind, string reason) => new(reason) { Kind = kind };

    private BrainResult Describe(string prompt, string changes, string? plan)
    {
        var changed = changes.Length > 0;
        var title = !changed ? "" : CallText.OneLine(Submission?.Title is { Length: > 0 } given ? given : prompt, LongestTitle).TrimEnd('…');
        var said = Submission is null ? "" : $"{Submission.Summary.Trim()}\n";
        if (Submission is not null && changed)
        {
            return Result(true, said, title);
        }

        var first = Reason ?? "the model submitted without having changed a file";
        var kept = changed ? $"\nThe work so far is kept:\n\n```\n{changes}\n```\n" : "\nNothing was changed.\n";
        var planned = plan is null ? "" : $"\nThe plan:\n\n{plan.Trim()}\n";
        return Result(changed, $"{first}\n{kept}{planned}{(said.Length == 0 ? "" : $"\n{said}")}", title);
    }

    /// <summary>What the brain ends a question with. Whatever its commands did to files stays in the sandbox.</summary>
    /// <param name="plan">The plan, when the model kept one.</param>
    public BrainResult ToAnswer(string? plan) => Submission is null
        ? Result(false, $"{Reason}{(plan is null ? "" : $"\n\nThe plan:\n\n{plan.Trim()}")}", "") with { Interruption = Interruption, Parking = Parking }
        : Result(false, Submission.Summary.Trim(), "") with { Answer = new BrainAnswer(Submission.Summary.Trim(), Submission.References ?? []) };

    /// <summary>What the brain ends a review with.</summary>
    /// <param name="plan">The plan, when the model kept one.</param>
    public BrainResult ToReview(string? plan) => Submission?.Review is { } review
        ? Result(false, review.Summary, "") with { Review = review }
        : ToAnswer(plan) with { Answer = null };

    private Interruption? Interruption => Kind is { } kind ? new Interruption(kind, Reason!) : null;

    private static BrainResult Result(bool changed, string summary, string title) => new(changed, summary.TrimEnd(), title, CandidatesTried: 0, TargetTests: []);
}
