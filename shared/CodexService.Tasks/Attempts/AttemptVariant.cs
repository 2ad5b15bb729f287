using CodexService.Contracts.Api;
using CodexService.Tasks.Submission;

namespace CodexService.Tasks.Attempts;

/// <summary>
/// What makes an attempt differ from the others of its round. The sampling temperature is no part of it: only the worker
/// knows its configured one, so that an attempt is told how many before it ask the same, and its worker adds a step for each.
/// </summary>
/// <param name="Brain">The brain; never <see cref="BrainChoice.Both"/>.</param>
/// <param name="Model">Name of a configured model; <see langword="null"/> for the default one, or none.</param>
internal sealed record AttemptVariant(BrainChoice Brain, string? Model)
{
    /// <summary>The variants of a submission's attempts, in their order: with both brains the first one repairs, the others take the models in turn.</summary>
    public static IReadOnlyList<AttemptVariant> Of(TaskSubmission submission)
    {
        string?[] models = submission.Models.Count > 0 ? [.. submission.Models] : [submission.Model];
        var variants = new List<AttemptVariant>();
        if (submission.Brain == BrainChoice.Both)
        {
            variants.Add(new AttemptVariant(BrainChoice.Repair, null));
        }

        var brain = submission.Brain == BrainChoice.Both ? BrainChoice.Model : submission.Brain;
        for (var i = 0; variants.Count < submission.Attempts; i++)
        {
            variants.Add(new AttemptVariant(brain, models[i % models.Length]));
        }

        return variants;
    }
}
