using System.Globalization;
using CodexService.Agent.Context;
using CodexService.Agent.Instructions;
using CodexService.Agent.Journal;
using CodexService.Agent.Prompts;
using CodexService.Models;
using CodexService.Models.Calling;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace CodexService.Agent.Loop;

/// <summary>
/// The brain that asks a model: first prompt, then turns (one model call and its tool calls) until the model submits, a
/// limit is reached, or it goes in circles. Thread-safe; each attempt has its own loop.
/// </summary>
internal sealed class ModelAgent(
    IModelCatalog models,
    IToolboxFactory toolboxes,
    PromptLibrary prompts,
    IOptions<AgentOptions> options,
    TimeProvider time) : IBrain
{
    public string Name => "model";

    public async Task<BrainResult> RunAsync(BrainContext context, CancellationToken cancellationToken)
    {
        var model = Choose(context.Model);
        var settings = options.Value;
        var temperature = model.Temperature ?? settings.TemperatureAfter(context.TemperatureSteps);
        context.Progress.Report(new BrainProgress("work", string.Create(CultureInfo.InvariantCulture, $"Asking model {model.Name} at temperature {temperature}")) { Temperature = temperature });
        var budget = new TurnBudget(settings.LimitsOf(context), context.Budget, context.InheritedTurns, time);
        var toolbox = await toolboxes.CreateAsync(context, cancellationToken);
        var changes = await WorkspaceChanges.StartAsync(context.Sandbox, cancellationToken);
        var instructions = await AgentInstructions.ReadAsync(context.Sandbox, settings.InstructionCharacters, cancellationToken);

        // Whoever wrote the change must not instruct its reviewer.
        instructions = context.Review is { } change ? instructions.Without(change.Diff.Files.SelectMany(file => new[] { file.Path, file.OldPath })) : instructions;
        var block = DataBlock.New();
        var contextTokens = await model.FindContextAsync(cancellationToken);
        var room = new PromptRoom(model.WorkingTokens ?? settings.WorkingContextTokens, contextTokens, settings.AnswerTokens(contextTokens), ToolTokens(model, toolbox));
        var opening = context.Journal.Recorded is [{ Number: 0, Notes.Count: 2 } recorded, ..]
            ? recorded
            : await OpenAsync(context, settings, model, temperature, toolbox, instructions, block, room, cancellationToken);

        opening = await InheritAsync(opening, context, settings, cancellationToken);
        var window = new ContextWindow(model.CountTokens, room.Messages);
        window.AppendHead(new ChatMessage(ChatRole.System, opening.Notes[0]));
        window.AppendHead(new ChatMessage(ChatRole.User, opening.Notes[1]));
        var approval = new PlanApproval(context.ApprovePlan);
        var loop = new AttemptLoop(
            context,
            new ModelTurns(model, toolbox.Declarations, window, temperature, room.Answer),
            new CallRunner(toolbox, approval),
            approval,
            changes,
            budget,
            new NestedInstructions(instructions, context.Sandbox.Workspace, opening.Settings is { } started ? new DataBlock(started.Marker) : block),
            time);
        return await loop.RunAsync(cancellationToken);
    }

    private async Task<TurnRecord> OpenAsync(
        BrainContext context,
        AgentOptions settings,
        IModelCaller model,
        float temperature,
        IToolbox toolbox,
        AgentInstructions instructions,
        DataBlock block,
        PromptRoom room,
        CancellationToken cancellationToken)
    {
        context.Progress.Report(new BrainProgress("work", "Reading the repository for the first prompt"));
        var first = context.Review is { } review
            ? ReviewPrompt.Build(prompts, context, review, instructions, settings, model, room, block)
            : await FirstPrompt.BuildAsync(prompts, context, instructions, settings, model, room, block, cancellationToken);
        foreach (var note in instructions.Cuts(settings.InstructionCharacters).Append(first.Note).OfType<string>())
        {
            context.Progress.Report(new BrainProgress("work", note) { IsNotice = true });
        }

        var opening = new TurnRecord(0)
        {
            Notes = [first.System, first.Task],
            Settings = new AttemptSettings(
                prompts.Hash,
                PromptLibrary.Version,
                model.Name,
                context.AttemptNumber,
                temperature,
                model.WorkingTokens ?? settings.WorkingContextTokens,
                settings.LimitsOf(context),
                [.. toolbox.Declarations.Select(tool => tool.Name)],
                block.Marker)
            {
                ApprovePlan = context.ApprovePlan,
            },
        };
        await context.Journal.AppendAsync(opening, cancellationToken);
        return opening;
    }

    // An attempt that took turns over says so in its own journal, which is complete without the attempt that made them.
    private static async Task<TurnRecord> InheritAsync(TurnRecord opening, BrainContext context, AgentOptions settings, CancellationToken cancellationToken)
    {
        if (context.InheritedTurns == 0 || opening.Settings is not { } started || started.InheritedTurns == context.InheritedTurns)
        {
            return opening;
        }

        var own = opening with { Settings = started with { InheritedTurns = context.InheritedTurns, Limits = settings.LimitsOf(context) } };
        await context.Journal.AppendAsync(own, cancellationToken);
        return own;
    }

    private IModelCaller Choose(string? name)
    {
        try
        {
            return models.Get(name);
        }
        catch (ModelException e)
        {
            throw new BrainException(e.Message, e);
        }
    }

    internal static int ToolTokens(IModelCaller model, IToolbox toolbox) =>
        toolbox.Declarations.Sum(tool => model.CountTokens($"{tool.Name} {tool.Description} {tool.JsonSchema.GetRawText()}"));
}
