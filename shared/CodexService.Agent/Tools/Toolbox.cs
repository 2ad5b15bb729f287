using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using CodexService.Agent.Loop;
using CodexService.Agent.Reviews;
using CodexService.Sandbox;
using Microsoft.Extensions.AI;

namespace CodexService.Agent.Tools;

/// <summary>
/// The tools of one attempt. Everything that touches the repository runs inside the attempt's sandbox; one call at a time.
/// </summary>
internal sealed class Toolbox : IToolbox
{
    private Toolbox(IReadOnlyList<IAgentTool> tools)
    {
        Tools = tools;
        Declarations = [.. tools.Select(tool => tool.Declaration)];
    }

    /// <summary>All tools, in the order in which a model is told of them.</summary>
    public IReadOnlyList<IAgentTool> Tools { get; }

    /// <inheritdoc/>
    public IReadOnlyList<AIFunctionDeclaration> Declarations { get; }

    /// <summary>Makes the tools and puts their program into the sandbox.</summary>
    /// <param name="sandbox">Holds the repository at the base commit.</param>
    /// <param name="testCommand">What <c>run_tests</c> runs; empty leaves that tool out.</param>
    /// <param name="options">Limits, and whether files may change.</param>
    /// <param name="cancellationToken">The attempt has to stop.</param>
    /// <exception cref="BrainException">The sandbox's image lacks what the tools need.</exception>
    /// <exception cref="ValidationException">An option is out of its range.</exception>
    /// <exception cref="SandboxException">The sandbox itself is gone.</exception>
    public static async Task<Toolbox> CreateAsync(ISandbox sandbox, string testCommand, ToolboxOptions options, CancellationToken cancellationToken)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        var program = await ToolProgram.StartAsync(sandbox, options, cancellationToken);
        var progress = new WorkProgress();
        List<IAgentTool> tools = [new ShellTool(sandbox, options), new ViewTool(program), new SearchTool(program, options)];
        if (!options.ReadOnly)
        {
            tools.Add(new EditTool(program, options, progress));
            tools.Add(new WriteTool(program, options, progress));
        }

        var hasTests = !string.IsNullOrWhiteSpace(testCommand);
        if (hasTests)
        {
            tools.Add(new RunTestsTool(sandbox, program, testCommand, options, progress));
        }

        tools.Add(new PlanTool());
        tools.Add(options.ReadOnly ? new AnswerTool(new ReferenceCheck(sandbox, program.BaseTree, options)) : new SubmitTool(program, progress, hasTests));
        return new Toolbox(tools);
    }

    /// <summary>Makes the tools of a review: nothing changes files, the diff can be read, and comments are collected.</summary>
    /// <param name="sandbox">Holds the repository with the change.</param>
    /// <param name="review">The change.</param>
    /// <param name="options">Limits.</param>
    /// <param name="cancellationToken">The attempt has to stop.</param>
    /// <exception cref="BrainException">The sandbox's image lacks what the tools need.</exception>
    /// <exception cref="SandboxException">The sandbox itself is gone.</exception>
    public static async Task<Toolbox> CreateForReviewAsync(ISandbox sandbox, ReviewSubject review, ToolboxOptions options, CancellationToken cancellationToken)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        var program = await ToolProgram.StartAsync(sandbox, options, cancellationToken);
        var draft = new ReviewDraft(review, sandbox.Workspace);
        return new Toolbox(
        [
            new ShellTool(sandbox, options), new ViewTool(program), new SearchTool(program, options), new DiffTool(review, sandbox.Workspace, options),
            new PlanTool(), new CommentTool(draft), new SubmitReviewTool(draft),
        ]);
    }

    /// <summary>The tool of this name, in whatever case, or <see langword="null"/>.</summary>
    public IAgentTool? Find(string name) =>
        Tools.FirstOrDefault(tool => string.Equals(tool.Declaration.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Does what a model asked for; a wrong call is an outcome that shows the right form.</summary>
    /// <exception cref="SandboxException">The sandbox itself is gone.</exception>
    public async Task<ToolOutcome> InvokeAsync(FunctionCallContent call, CancellationToken cancellationToken)
    {
        if (Find(call.Name) is not { } tool)
        {
            return new ToolOutcome(
                $"There is no tool \"{UntrustedText.Line(call.Name, 60)}\". The tools are: {string.Join(", ", Tools.Select(t => t.Declaration.Name))}.", IsError: true);
        }

        JsonElement arguments;
        try
        {
            arguments = call.Exception is null ? JsonSerializer.SerializeToElement(call.Arguments ?? new Dictionary<string, object?>(StringComparer.Ordinal)) : default;
        }
        catch (Exception exception) when (exception is NotSupportedException or JsonException or ArgumentException or InvalidOperationException)
        {
            arguments = default;
        }

        return await tool.InvokeAsync(arguments, cancellationToken);
    }
}
