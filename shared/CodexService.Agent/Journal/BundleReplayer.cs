using CodexService.Agent.Instructions;
using CodexService.Agent.Loop;
using CodexService.Agent.Prompts;
using CodexService.Models;
using CodexService.Models.Calling;
using CodexService.Sandbox;
using Microsoft.Extensions.Options;

namespace CodexService.Agent.Journal;

/// <summary>
/// Runs recorded attempts again: the real loop and the real tools in a sandbox at the base commit, with the recorded answers
/// in the model's place. No model is asked and none has to be configured. Thread-safe; one sandbox for each replay.
/// </summary>
public sealed class BundleReplayer
{
    // The recording decides when it ends, not the clock.
    private static readonly TimeSpan NoLimit = TimeSpan.FromDays(1);

    private readonly IToolboxFactory toolboxes;
    private readonly PromptLibrary prompts;
    private readonly IOptions<AgentOptions> options;
    private readonly TimeProvider time;

    internal BundleReplayer(IToolboxFactory toolboxes, PromptLibrary prompts, IOptions<AgentOptions> options, TimeProvider time) =>
        (this.toolboxes, this.prompts, this.options, this.time) = (toolboxes, prompts, options, time);

    /// <summary>Replays the turns; what they did to files is left in the sandbox.</summary>
    /// <param name="bundle">The recording.</param>
    /// <param name="sandbox">Holds the repository at the bundle's base commit.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Every recorded call beside its repetition.</returns>
    /// <exception cref="SandboxException">The sandbox is gone.</exception>
    public async Task<IReadOnlyList<ReplayedCall>> ReplayAsync(ReplayBundle bundle, ISandbox sandbox, CancellationToken cancellationToken)
    {
        var model = new ReplayedModelCaller(bundle);
        var journal = new InMemoryTurnJournal([bundle.Opening!]);
        var context = Context(bundle, sandbox) with { Journal = journal, Gate = new RecordingGate(model, new ReplayedTurnGate(bundle)) };
        await new ModelAgent(new RecordedCatalog(model), toolboxes, prompts, options, time).RunAsync(context, cancellationToken);
        return ReplayComparison.Compare(bundle.Turns, journal.Recorded);
    }

    /// <summary>Compares the recorded opening with the one that today's prompt files make.</summary>
    /// <param name="bundle">The recording.</param>
    /// <param name="sandbox">Holds the repository at the bundle's base commit, with nothing changed yet.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BrainException">Today's prompts cannot be made for this task.</exception>
    /// <exception cref="SandboxException">The sandbox is gone.</exception>
    public async Task<OpeningComparison> CompareOpeningAsync(ReplayBundle bundle, ISandbox sandbox, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        var model = new ReplayedModelCaller(bundle);
        var context = Context(bundle, sandbox);
        var toolbox = await toolboxes.CreateAsync(context, cancellationToken);
        var instructions = await AgentInstructions.ReadAsync(sandbox, settings.InstructionCharacters, cancellationToken);
        var room = new PromptRoom(bundle.Settings.WorkingContextTokens, null, settings.AnswerTokens(null), ModelAgent.ToolTokens(model, toolbox));
        var today = await FirstPrompt.BuildAsync(prompts, context, instructions, settings, model, room, new DataBlock(bundle.Settings.Marker), cancellationToken);
        var then = bundle.Opening!;
        return new OpeningComparison(
            prompts.Hash == bundle.Settings.PromptHash,
            bundle.Settings.PromptVersion,
            PromptLibrary.Version,
            [.. bundle.Settings.Tools.Except(toolbox.Declarations.Select(tool => tool.Name), StringComparer.Ordinal).Select(name => $"-{name}"),
                .. toolbox.Declarations.Select(tool => tool.Name).Except(bundle.Settings.Tools, StringComparer.Ordinal).Select(name => $"+{name}")],
            [.. LineDifference.Of(then.Notes[0], today.System), .. LineDifference.Of(then.Notes[1], today.Task)]);
    }

    private static BrainContext Context(ReplayBundle bundle, ISandbox sandbox) =>
        new(bundle.Prompt, bundle.TestCommand, sandbox, NoLimit, bundle.Settings.Attempt, new Unreported())
        {
            Limits = bundle.Settings.Limits,
            Template = bundle.Template,
            IsQuestion = bundle.IsQuestion,
            InheritedTurns = bundle.Settings.InheritedTurns,
            ApprovePlan = bundle.Settings.ApprovePlan,
        };

    /// <summary>
    /// Says what people said, and ends the work where the recording ends: an attempt that was stopped has no submission.
    /// </summary>
    private sealed class RecordingGate(ReplayedModelCaller model, ReplayedTurnGate said) : ITurnGate
    {
        public ValueTask<GateDecision> BeforeTurnAsync(TurnState state, CancellationToken cancellationToken) =>
            model.IsFinished ? ValueTask.FromResult(new GateDecision([], "the recording ends here")) : said.BeforeTurnAsync(state, cancellationToken);
    }

    /// <summary>The recording under whatever name.</summary>
    private sealed class RecordedCatalog(ReplayedModelCaller model) : IModelCatalog
    {
        public IReadOnlyList<ModelDescription> Models => [];

        public string? DefaultName => model.Name;

        public IModelCaller Get(string? name) => model;
    }

    private sealed class Unreported : IProgress<BrainProgress>
    {
        public void Report(BrainProgress value)
        {
            // The comparison tells it all.
        }
    }
}

/// <summary>The recorded opening of an attempt beside the one that would be made today.</summary>
/// <param name="SameFiles">Whether the prompt files are the very same.</param>
/// <param name="RecordedVersion">Version of the prompt files then.</param>
/// <param name="Version">Version of the prompt files now.</param>
/// <param name="Tools">Tools that are gone (<c>-</c>) or new (<c>+</c>).</param>
/// <param name="Lines">Lines of the two prompts that differ, <c>-</c> then, <c>+</c> now.</param>
public sealed record OpeningComparison(bool SameFiles, int RecordedVersion, int Version, IReadOnlyList<string> Tools, IReadOnlyList<string> Lines)
{
    /// <summary>Whether a model would be told the same.</summary>
    public bool IsSame => Tools.Count == 0 && Lines.Count == 0;
}
