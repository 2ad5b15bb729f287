using CodexService.Contracts.Api;

namespace CodexService.Api.Tasks;

/// <summary>What a question cannot have: a setting that would be silently ignored is refused.</summary>
internal static class QuestionRules
{
    /// <summary>Adds what is wrong with a question; a change passes.</summary>
    public static void Check(SubmitTaskRequest request, Dictionary<string, string[]> errors)
    {
        if (request.Kind != TaskKind.Ask)
        {
            return;
        }

        if (!string.IsNullOrWhiteSpace(request.TestCommand))
        {
            errors["test_command"] = ["A question is answered without tests; leave the test command out."];
        }

        if (request.Template is not null)
        {
            errors["template"] = ["Templates are for changes; leave the template out of a question."];
        }

        if (request.Models is { Count: > 1 })
        {
            errors["models"] = ["A question is answered by one model; name one, or none for the default one."];
        }

        if (request.ApprovePlan == true)
        {
            errors["approve_plan"] = ["A question changes no files, so there is no plan to approve; leave approve_plan out."];
        }

        if (request.Attempts is > 1)
        {
            errors["attempts"] = ["A question has one attempt; leave the number of attempts out."];
        }

        if (request.Brain is BrainChoice.Repair or BrainChoice.Both)
        {
            errors["brain"] = ["The repair brain answers no questions; leave the brain out, or choose model."];
        }
    }
}
