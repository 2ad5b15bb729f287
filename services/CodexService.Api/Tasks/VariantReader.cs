using CodexService.Contracts.Api;

namespace CodexService.Api.Tasks;

/// <summary>Checks what makes the attempts of a submission differ, and fills in how many there are.</summary>
internal static class VariantReader
{
    private const int MostAttempts = 8;

    /// <summary>How many attempts a checked submission has: the number it names, else as many as its models and brains need.</summary>
    public static int Attempts(SubmitTaskRequest request) => request.Attempts ?? Fewest(request);

    /// <summary>The names of models as they are stored.</summary>
    public static IReadOnlyList<string> Models(SubmitTaskRequest request) => [.. (request.Models ?? []).Select(name => name.Trim())];

    /// <summary>Adds a line for each field that is wrong.</summary>
    public static void Check(SubmitTaskRequest request, Dictionary<string, string[]> errors)
    {
        if (request.Attempts is < 1 or > MostAttempts)
        {
            errors["attempts"] = [$"Attempts have to be from 1 to {MostAttempts}."];
        }

        // The values are not repeated: an address may hold a secret.
        if (request.Model is { } model && !ModelName.IsValid(model))
        {
            errors["model"] = [$"The model has to be the name of a configured model: {ModelName.Rule}."];
        }

        if (ProblemOfModels(request) is { } problem)
        {
            errors["models"] = [problem];
        }
        else if (!errors.ContainsKey("attempts") && request.Attempts < Fewest(request))
        {
            errors["attempts"] = [request.Brain == BrainChoice.Both
                ? $"The repair brain and {Count(request)} take at least {Fewest(request)} attempts; raise attempts or leave it out."
                : $"{Count(request)} take at least {Fewest(request)} attempts; raise attempts or leave it out."];
        }
    }

    private static string? ProblemOfModels(SubmitTaskRequest request)
    {
        if (request.Models is not { Count: > 0 } models)
        {
            return null;
        }

        var most = request.Brain == BrainChoice.Both ? MostAttempts - 1 : MostAttempts;
        return models switch
        {
            _ when request.Model is not null => "Name the models either in model or in models, not in both.",
            _ when request.Brain == BrainChoice.Repair => "The repair brain asks no model; leave models out, or choose the brain model or both.",
            _ when models.Count > most => $"{models.Count} models are more than there can be attempts for them; name at most {most}.",
            _ when models.Any(name => name is null || !ModelName.IsValid(name.Trim())) => $"Each of the models has to be the name of a configured model: {ModelName.Rule}.",
            _ when models.Distinct(StringComparer.OrdinalIgnoreCase).Count() < models.Count => "The models hold a name twice; each is asked in turn anyway, so name it once and raise attempts.",
            _ => null,
        };
    }

    private static int Fewest(SubmitTaskRequest request) => Math.Max(1, request.Models?.Count ?? 0) + (request.Brain == BrainChoice.Both ? 1 : 0);

    private static string Count(SubmitTaskRequest request) => request.Models is { Count: > 1 } models ? $"{models.Count} models" : "a model";
}
