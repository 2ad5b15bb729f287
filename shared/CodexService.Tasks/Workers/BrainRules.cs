using System.Text.RegularExpressions;
using CodexService.Contracts.Api;
using CodexService.Tasks.Submission;

namespace CodexService.Tasks.Workers;

/// <summary>What a task wants of a brain.</summary>
/// <param name="Kind">A change, an answer or a review.</param>
/// <param name="Brain">The brain that it names.</param>
/// <param name="Models">The models that it names.</param>
/// <param name="ApprovePlan">Whether its plan is to be approved.</param>
public sealed record BrainWish(TaskKind Kind, BrainChoice Brain, IReadOnlyList<string> Models, bool ApprovePlan)
{
    /// <summary>What a submission wants.</summary>
    public static BrainWish Of(TaskSubmission submission) => new(
        submission.Kind,
        submission.Brain,
        submission.Models.Count > 0 ? submission.Models : submission.Model is { } one ? [one] : [],
        submission.ApprovePlan);

    /// <summary>What one attempt of a task wants. The repair brain beside a model makes no plan, whatever its task asks for; the model's waits all the same.</summary>
    internal static BrainWish OfAttempt(TaskKind kind, BrainChoice ofTask, bool approvePlan, BrainChoice brain, string? model) =>
        new(kind, brain, model is null ? [] : [model], approvePlan && !(ofTask == BrainChoice.Both && brain == BrainChoice.Repair));
}

/// <summary>Why a task cannot be worked on.</summary>
/// <param name="Field">The part of the submission that asks for it, as the REST API calls it.</param>
/// <param name="Line">One line for anybody, without a capital and a full stop: what is wrong, and what to do. Tells nothing of how the service is configured.</param>
public sealed record BrainRefusal(string Field, string Line)
{
    /// <summary>The same for who may use the service and so may know the names of its models.</summary>
    public string LineForUsers { get; init; } = Line;

    /// <summary><see cref="LineForUsers"/> as a sentence.</summary>
    public string SentenceForUsers => $"{char.ToUpperInvariant(LineForUsers[0])}{LineForUsers[1..]}.";
}

/// <summary>
/// What the brains of a worker can do and what they cannot: the one place that says so, for whoever takes a task (told what the workers
/// can do) and for the worker itself.
/// </summary>
public static partial class BrainRules
{
    /// <summary>How a model is configured.</summary>
    public const string HowToConfigure = "set CODEX_MODEL_URL and CODEX_MODEL (or OPENAI_API_KEY, or ANTHROPIC_API_KEY) where the worker runs";

    /// <summary>Why a task cannot be worked on; <see langword="null"/> when nothing stands against it.</summary>
    /// <param name="wish">What it wants.</param>
    /// <param name="abilities">What there is; <see langword="null"/> when nobody knows, and then only contradictions are found.</param>
    public static BrainRefusal? WhyNot(BrainWish wish, WorkerAbilities? abilities) => wish.Kind switch
    {
        TaskKind.Ask => NoModel(abilities)
            ? new BrainRefusal("kind", $"a question is answered by a model, and no model is configured: {HowToConfigure}")
            : Unknown(wish, abilities),
        TaskKind.Review when wish.Brain == BrainChoice.Model || wish.Models.Count > 0 => NoModel(abilities)
            ? new BrainRefusal(wish.Models.Count > 0 ? ModelField(wish) : "brain", $"the review asks for a model, and no model is configured: {HowToConfigure}, or leave it out, and the tests alone are run")
            : Unknown(wish, abilities),
        TaskKind.Review => null,
        _ => OfChange(wish, abilities),
    };

    /// <summary>Whether there are workers that cannot do it, as they have no model.</summary>
    internal static bool AsksForModel(BrainWish wish) => WhyNot(wish, new WorkerAbilities(PrefersRepair: false, [])) is not null;

    /// <summary>Whether nothing but the repair brain works on a change.</summary>
    public static bool IsRepairAlone(BrainWish wish, WorkerAbilities? abilities) =>
        wish.Kind == TaskKind.Change && (wish.Brain == BrainChoice.Repair || (wish.Brain == BrainChoice.Auto && abilities is { AutoIsRepair: true }));

    /// <summary>Why the repair brain can do nothing in a repository; <see langword="null"/> when it may.</summary>
    /// <param name="wish">What the task wants.</param>
    /// <param name="abilities">What there is.</param>
    /// <param name="hasPython">Whether the repository has Python files at the base.</param>
    /// <param name="testCommand">Command that runs its tests.</param>
    public static BrainRefusal? WhyNotRepairable(BrainWish wish, WorkerAbilities? abilities, bool hasPython, string testCommand)
    {
        if (Obstacle(hasPython, testCommand) is not { } obstacle)
        {
            return null;
        }

        return NoModel(abilities)
            ? new BrainRefusal("repository", $"no model is configured, and without one only Python code can be worked on, by its failing pytest or unittest tests; {obstacle}: {HowToConfigure}")
            : new BrainRefusal("brain", $"{(wish.Brain == BrainChoice.Repair ? "the repair brain" : "CODEX_BRAIN is repair where the worker runs, which")} works on Python code alone, by its failing pytest or unittest tests; {obstacle}: submit with the brain model");
    }

    private static BrainRefusal? OfChange(BrainWish wish, WorkerAbilities? abilities)
    {
        if (wish.Brain is BrainChoice.Model or BrainChoice.Both)
        {
            return NoModel(abilities)
                ? new BrainRefusal("brain", $"the brain {wish.Brain.ToString().ToLowerInvariant()} asks a model, and no model is configured: {HowToConfigure}, or submit with the brain auto or repair")
                : Unknown(wish, abilities);
        }

        var byRepair = IsRepairAlone(wish, abilities);
        if (!byRepair || (wish.Models.Count == 0 && !wish.ApprovePlan))
        {
            return byRepair ? null : Unknown(wish, abilities);
        }

        // Whoever wants to see a plan first must not get a change without one, and whoever names a model not another brain's work.
        var (field, want, without) = wish.ApprovePlan
            ? ("approve_plan", "a plan to approve is made by a model", "without a plan")
            : (ModelField(wish), $"the model \"{wish.Models[0]}\" is asked for", "without the model");
        return new BrainRefusal(field, wish.Brain == BrainChoice.Repair ? $"{want}, and the repair brain asks none: submit with the brain model, or ask {without}"
            : NoModel(abilities) ? $"{want}, and no model is configured: {HowToConfigure}, or ask {without}"
            : $"{want}, and CODEX_BRAIN is repair where the worker runs: submit with the brain model, or ask {without}");
    }

    private static BrainRefusal? Unknown(BrainWish wish, WorkerAbilities? abilities) =>
        abilities is not null && wish.Models.FirstOrDefault(name => !abilities.Models.Contains(name, StringComparer.OrdinalIgnoreCase)) is { } unknown
            ? new BrainRefusal(ModelField(wish), $"no model is called \"{unknown}\": name one that the service is configured with, or none")
            {
                LineForUsers = $"no model is called \"{unknown}\": configured are {string.Join(", ", abilities.Models)}",
            }
            : null;

    private static string? Obstacle(bool hasPython, string testCommand)
    {
        if (!hasPython)
        {
            return "this repository has no Python files";
        }

        return OtherLanguage().Match(testCommand.Trim()) is { Success: true } other ? $"its test command, {other.Groups["tool"].Value}, runs neither" : null;
    }

    // Refused is only what is certain: one plain command of a tool that runs the tests of its own language alone. In a line that chains,
    // pipes or substitutes anything may run pytest, and so may make, npm, node, ctest, gradle and scripts: these are tried.
    [GeneratedRegex(@"^(?<tool>(?:cargo|dotnet|go) test)(?: +[\w.,:=@%+*/\[\]{}~-]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex OtherLanguage();

    private static bool NoModel(WorkerAbilities? abilities) => abilities is { HasModel: false };

    private static string ModelField(BrainWish wish) => wish.Models.Count > 1 ? "models" : "model";
}
