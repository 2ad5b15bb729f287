using CodexService.Contracts.Api;

namespace CodexService.Api.Tasks;

/// <summary>What a review needs and what it cannot have: a setting that would be silently ignored is refused.</summary>
internal static class ReviewRules
{
    private const int LongestRef = 250;

    /// <summary>What a review looks for when nobody says it.</summary>
    public const string UsualPrompt = "Review this change";

    /// <summary>Adds what is wrong with a review; other kinds pass as long as they name no head.</summary>
    public static void Check(SubmitTaskRequest request, Dictionary<string, string[]> errors)
    {
        if (request.Kind != TaskKind.Review)
        {
            if (request.HeadRef is not null)
            {
                errors["head_ref"] = ["Only a review has a head; leave head_ref out, or submit with kind review."];
            }

            return;
        }

        CheckHead(request.HeadRef, errors);
        if (request.Template is not null)
        {
            errors["template"] = ["Templates are for changes; leave the template out of a review."];
        }

        if (request.Models is { Count: > 1 })
        {
            errors["models"] = ["A review is made by one model; name one, or none for the default one."];
        }

        if (request.ApprovePlan == true)
        {
            errors["approve_plan"] = ["A review changes no files, so there is no plan to approve; leave approve_plan out."];
        }

        if (request.Attempts is > 1)
        {
            errors["attempts"] = ["A review has one attempt; leave the number of attempts out."];
        }

        if (request.Brain is BrainChoice.Both)
        {
            errors["brain"] = ["A review is made by a model, or with the brain repair by the tests alone; both at once is for changes."];
        }
    }

    private static void CheckHead(string? head, Dictionary<string, string[]> errors)
    {
        if (string.IsNullOrWhiteSpace(head))
        {
            errors["head_ref"] = ["Say what to review: a branch, a commit, or a full ref such as refs/pull/7/head."];
        }
        else if (head.Length > LongestRef || head.Any(char.IsControl))
        {
            errors["head_ref"] = [$"The head has to be one line of at most {LongestRef} characters: a branch, a commit, or a full ref such as refs/pull/7/head."];
        }
    }
}
