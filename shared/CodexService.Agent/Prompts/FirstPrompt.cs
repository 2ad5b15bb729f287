using System.Text;
using CodexService.Agent.Instructions;
using CodexService.Agent.Loop;
using CodexService.Agent.Tools;
using CodexService.Models;

namespace CodexService.Agent.Prompts;

/// <summary>How many tokens the first prompt may have, and who says so.</summary>
/// <param name="Working">Working budget.</param>
/// <param name="Context">What the model takes; <see langword="null"/> when unknown.</param>
/// <param name="Answer">Kept free for the answer.</param>
/// <param name="Tools">What the tools' descriptions take.</param>
internal sealed record PromptRoom(int Working, int? Context, int Answer, int Tools)
{
    // A loop that cannot keep a few results at hand gets nowhere.
    private const int ForWork = 1500;

    /// <summary>Tokens of the messages of any turn.</summary>
    public int Messages => Math.Min(Working, (Context ?? int.MaxValue) - Answer) - Tools;

    /// <summary>Tokens of the system prompt and the first prompt.</summary>
    public int First => Messages - ForWork;

    /// <summary>One line that says why a first prompt of <paramref name="needed"/> tokens does not fit, and what to do.</summary>
    public string Refusal(string model, int needed)
    {
        var all = needed + Tools + ForWork;
        return Context is { } context && context - Answer < Working
            ? $"the first prompt needs {all + Answer:N0} tokens with tools, answer and room for work, but the model {model} takes {context:N0}: serve it with a larger context, or shorten the task, Agent:InstructionCharacters or Agent:RepositoryMapTokens"
            : $"the first prompt needs {all:N0} tokens with tools and room for work, but Agent:WorkingContextTokens is {Working:N0}: raise it, or shorten the task, Agent:InstructionCharacters or Agent:RepositoryMapTokens";
    }
}

/// <summary>The system prompt and the first prompt of an attempt.</summary>
/// <param name="System">System prompt.</param>
/// <param name="Task">First prompt.</param>
/// <param name="Note">What had to be left out, one line; <see langword="null"/> when nothing was.</param>
internal sealed record FirstPrompt(string System, string Task, string? Note)
{
    /// <summary>Builds the prompt; leaves the map out, then the instructions, when there is no room for them.</summary>
    /// <exception cref="BrainException">Even the bare task does not fit, or the template does not exist.</exception>
    public static async Task<FirstPrompt> BuildAsync(
        PromptLibrary library,
        BrainContext context,
        AgentInstructions instructions,
        AgentOptions options,
        IModelCaller model,
        PromptRoom room,
        DataBlock block,
        CancellationToken cancellationToken)
    {
        var guidance = Guidance(library, context.Template)
            + (context.ApprovePlan ? library.Render(PromptLibrary.PlanApproval, new Dictionary<string, string>(StringComparer.Ordinal)) : "");
        var system = library.Render(context.IsQuestion ? "ask-system" : "system", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["workspace"] = context.Sandbox.Workspace,
            ["marker"] = block.Marker,
        });
        var about = About(instructions, block);
        var map = await RepositoryMap.BuildAsync(context.Sandbox, context.Prompt, options.RepositoryMapTokens, model.CountTokens, cancellationToken);
        var (whole, brief) = (Earlier(context.Earlier, block, brief: false), Earlier(context.Earlier, block, brief: true));
        var needed = 0;
        foreach (var (withInstructions, withMap, earlier, note) in new[]
        {
            (about, map, whole, (string?)null),
            (about, "", whole, "no room for the repository map in the first prompt"),
            ("", "", whole, "no room for the repository map and the repository's instructions in the first prompt"),
            ("", "", brief, "room for little of the earlier work, and none for the repository map and the repository's instructions in the first prompt"),
        })
        {
            var task = library.Render(context.IsQuestion ? "ask" : "task", new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["marker"] = block.Marker,
                ["task"] = UntrustedText.Clean(context.Prompt).Trim(),
                ["workspace"] = context.Sandbox.Workspace,
                ["test_command"] = context.TestCommand,
                ["instructions"] = withInstructions,
                ["earlier"] = earlier,
                ["map"] = withMap.Length == 0 ? "" : $"- Files and what they define:\n{block.Wrap(withMap)}\n",
                ["turns"] = $"{options.LimitsOf(context).Turns}",
                ["guidance"] = guidance,
            });
            needed = model.CountTokens(system) + model.CountTokens(task);
            if (needed <= room.First)
            {
                return new FirstPrompt(system, task, note);
            }
        }

        throw new BrainException(room.Refusal(model.Name, needed));
    }

    private static string Earlier(EarlierWork? earlier, DataBlock block, bool brief) => earlier?.Render(block, brief) is { Length: > 0 } text ? $"{text}\n" : "";

    private static string Guidance(PromptLibrary library, string? template)
    {
        try
        {
            return template is null ? "" : library.Template(template);
        }
        catch (ArgumentException)
        {
            throw new BrainException($"there is no prompt template {template}; choose one of {string.Join(", ", library.Templates)}");
        }
    }

    private static string About(AgentInstructions instructions, DataBlock block)
    {
        var text = new StringBuilder();
        if (instructions.Root is { } root)
        {
            text.Append($"- How people work in this repository, from {root.Name}; follow it unless it goes against the task or the rules:\n");
            text.Append(AgentInstructions.Render(root, block)).Append('\n');
        }

        if (instructions.Nested.Count > 0)
        {
            text.Append($"- More such notes, shown when you work there: {string.Join(", ", instructions.Nested.Select(file => file.Name))}\n");
        }

        return text.ToString();
    }
}
