using System.CommandLine;
using CodexService.Cli.Tasks;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Commands;

/// <summary>The options that describe a task, shared by <c>run</c> and <c>submit</c>.</summary>
internal sealed class TaskOptions
{
    private readonly Option<string> repository = RepositoryOption();

    private readonly Option<string> task = new("--task", "-t")
    {
        Description = "What to do; - reads it from stdin, @file from a file",
        HelpName = "prompt",
        Required = true,
    };

    private readonly Option<string?> test = new("--test")
    {
        Description = "Command that proves the change (default: guessed from the repository)",
        HelpName = "command",
    };

    private readonly Option<string?> baseRef = new("--base")
    {
        Description = "Branch, tag or commit to start from (default: the repository's default branch)",
        HelpName = "ref",
    };

    private readonly Option<int?> attempts = new("--attempts")
    {
        Description = "Parallel attempts, 1 to 8 (default 1); the best verified one wins",
        HelpName = "n",
    };

    private readonly Option<int?> timeout = TimeoutOption("Time for one attempt in seconds (default 900)");

    private readonly Option<BrainChoice?> brain = BrainOption();

    private readonly Option<string?> template = new("--template")
    {
        Description = $"What kind of task it is, for a model's first prompt: {string.Join(", ", TaskTemplates.Names)} (default none)",
        HelpName = "name",
        CustomParser = result => TaskTemplates.Names.FirstOrDefault(name => string.Equals(name, result.Tokens[0].Value, StringComparison.OrdinalIgnoreCase))
            ?? Refuse<string>(result, $"--template is one of {string.Join(", ", TaskTemplates.Names)}, not \"{result.Tokens[0].Value}\""),
    };

    private readonly Option<string?> model = ModelOption();

    private readonly Option<string[]?> models = new("--models")
    {
        Description = "Names of configured models, separated by commas, which the attempts take in turn (default attempts: one for each)",
        HelpName = "a,b",
        CustomParser = result => result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } names
            ? names
            : Refuse<string[]>(result, "--models names no model; give the names of configured ones, for example small,large"),
    };

    private readonly Option<bool> approvePlan = new("--approve-plan")
    {
        Description = "Let the model plan first; files change only when you have approved its plan (needs a model)",
    };

    private readonly LimitOptions limits = LimitOptions.ForTask();

    public static Option<string> RepositoryOption() => new("--repo", "-r")
    {
        Description = "Folder of a git repository, a clone URL, or owner/name of a repository on GitHub",
        HelpName = "dir|url|owner/name",
        Required = true,
    };

    public static Option<int?> TimeoutOption(string description)
    {
        var option = new Option<int?>("--timeout") { Description = description, HelpName = "seconds" };
        NumberRange.Require(option, 10, 86_400);
        return option;
    }

    public static Option<string?> ModelOption() => new("--model")
    {
        Description = "Name of a model that the service is configured with (default: its default model)",
        HelpName = "name",
    };

    public static Option<BrainChoice?> BrainOption() => new("--brain")
    {
        Description = "auto (default: the model when one is configured, else repair), model, repair, or both (attempt 1 repairs, the others ask a model)",
        HelpName = "auto|model|repair|both",
        CustomParser = result => result.Tokens[0].Value.ToLowerInvariant() switch
        {
            "auto" => BrainChoice.Auto,
            "model" => BrainChoice.Model,
            "repair" => BrainChoice.Repair,
            "both" => BrainChoice.Both,
            var other => Refuse<BrainChoice?>(result, $"--brain is auto, model, repair or both, not \"{other}\""),
        },
    };

    public void AddTo(Command command)
    {
        NumberRange.Require(attempts, 1, 8);
        foreach (var option in new Option[] { repository, task, test, baseRef, attempts, timeout, brain, template, model, models, approvePlan })
        {
            command.Options.Add(option);
        }

        limits.AddTo(command);
    }

    public async Task<SubmitTaskRequest> ReadAsync(ParseResult parsed, CliEnvironment environment, CancellationToken cancellationToken) => new(
        RepositoryArgument.Resolve(parsed.GetRequiredValue(repository), environment),
        await PromptArgument.ResolveAsync(parsed.GetRequiredValue(task), environment, cancellationToken),
        parsed.GetValue(test),
        parsed.GetValue(baseRef),
        parsed.GetValue(attempts),
        parsed.GetValue(timeout),
        parsed.GetValue(brain),
        parsed.GetValue(template),
        parsed.GetValue(model))
    {
        Models = parsed.GetValue(models) is { Length: > 0 } names ? names : null,
        ApprovePlan = parsed.GetValue(approvePlan) ? true : null,
        Limits = limits.Read(parsed),
    };

    private static T? Refuse<T>(System.CommandLine.Parsing.ArgumentResult result, string message)
    {
        result.AddError(message);
        return default;
    }
}
