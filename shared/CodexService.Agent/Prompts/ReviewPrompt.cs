using System.Text;
using CodexService.Agent.Instructions;
using CodexService.Agent.Loop;
using CodexService.Agent.Reviews;
using CodexService.Agent.Tools;
using CodexService.Models;

namespace CodexService.Agent.Prompts;

/// <summary>Builds the first prompt of a review: as much of the diff as there is room for; the rest is read with tools.</summary>
internal static class ReviewPrompt
{
    // The head of the window is never masked: a diff may take this part of it, so that work is left room.
    private const double ShareOfDiff = 0.6;

    // Markers, and what counting in parts misses.
    private const int Slack = 64;
    private const int LeastForDiff = 200;
    private const int LongestName = 200;

    /// <summary>The system prompt and the first prompt.</summary>
    /// <exception cref="BrainException">Even a bare prompt does not fit.</exception>
    public static FirstPrompt Build(
        PromptLibrary library,
        BrainContext context,
        ReviewSubject subject,
        AgentInstructions instructions,
        AgentOptions options,
        IModelCaller model,
        PromptRoom room,
        DataBlock block)
    {
        var system = library.Render("review-system", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["workspace"] = context.Sandbox.Workspace,
            ["marker"] = block.Marker,
        });
        var needed = 0;
        foreach (var (about, note) in new[] { (About(instructions, block), (string?)null), ("", "no room for the repository's instructions in the first prompt") })
        {
            needed = model.CountTokens(system) + model.CountTokens(Render(about, new DiffText.Fitted("", ""))) + Slack;
            var left = Math.Min(room.First - needed, (int)(room.First * ShareOfDiff));
            if (left < LeastForDiff)
            {
                continue;
            }

            // Names of what is not shown take room too; a second, smaller fit makes it.
            var fitted = DiffText.Fit(subject.Diff, left, model.CountTokens);
            var names = model.CountTokens(fitted.Rest);
            if (names > 0)
            {
                fitted = DiffText.Fit(subject.Diff, Math.Max(0, left - names - Slack), model.CountTokens);
            }

            var task = Render(about, fitted);
            needed = model.CountTokens(system) + model.CountTokens(task);
            if (needed <= room.First)
            {
                return new FirstPrompt(system, task, fitted.Rest.Length == 0 ? note : $"the first prompt has a part of the diff{(note is null ? "" : " and no instructions of the repository")}; the model reads the rest with its tools");
            }
        }

        throw new BrainException(room.Refusal(model.Name, needed));

        string Render(string about, DiffText.Fitted fitted) => library.Render("review", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["marker"] = block.Marker,
            ["task"] = UntrustedText.Clean(context.Prompt).Trim(),
            ["workspace"] = context.Sandbox.Workspace,
            ["base"] = Name(subject.Base),
            ["head"] = Name(subject.Head),
            ["instructions"] = about,
            ["size"] = $"{subject.Diff.Files.Count} file{(subject.Diff.Files.Count == 1 ? "" : "s")}, {subject.Diff.AddedLines} lines added, {subject.Diff.RemovedLines} removed",
            ["diff"] = block.Wrap(fitted.Shown),
            ["rest"] = fitted.Rest.Length == 0 ? "" : $"- Not shown above for lack of room; read with diff what may matter:\n{block.Wrap(fitted.Rest)}\n",
            ["turns"] = $"{options.LimitsOf(context).Turns}",
        });
    }

    private static string Name(string reference) => $"`{UntrustedText.Line(reference, LongestName).Replace('`', '\'')}`";

    private static string About(AgentInstructions instructions, DataBlock block)
    {
        if (instructions.Root is not { } root)
        {
            return "";
        }

        return new StringBuilder($"- How people work in this repository, from {root.Name}, which the change does not touch:\n")
            .Append(AgentInstructions.Render(root, block)).Append('\n').ToString();
    }
}
