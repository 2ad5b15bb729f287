using System.Text.Json;
using CodexService.Agent.Reviews;
using Microsoft.Extensions.AI;

namespace CodexService.Agent.Tools;

/// <summary>
/// One thing that a model can do in its sandbox. An instance belongs to one attempt (it may keep a working folder) and is
/// called by one turn at a time.
/// </summary>
internal interface IAgentTool
{
    /// <summary>Name, description and JSON schema of the parameters, as the model sees them.</summary>
    AIFunctionDeclaration Declaration { get; }

    /// <summary>
    /// Does it. Wrong arguments, missing files and failing commands are outcomes that tell the model in one or two short
    /// lines what to do, never exceptions.
    /// </summary>
    /// <param name="arguments">A JSON object as the model wrote it; not yet checked against the schema.</param>
    /// <param name="cancellationToken">The attempt has to stop.</param>
    /// <exception cref="Sandbox.SandboxException">The sandbox itself is gone.</exception>
    Task<ToolOutcome> InvokeAsync(JsonElement arguments, CancellationToken cancellationToken);
}

/// <summary>What a tool call led to.</summary>
/// <param name="Text">What the model reads; already cut to the tool's limit, with the cut announced.</param>
/// <param name="IsError">Whether the call did not do what it was meant to do.</param>
public sealed record ToolOutcome(string Text, bool IsError = false)
{
    /// <summary>One line for people: what was done, for the event log. Default: the first line of <see cref="Text"/>.</summary>
    public string? Line { get; init; }

    /// <summary>Whether the call may have changed files of the workspace.</summary>
    public bool ChangedFiles { get; init; }

    /// <summary>Whether it spent its time waiting for a command, which is no sign of being stuck.</summary>
    public bool Waited { get; init; }

    /// <summary>The plan as the model keeps it, when this call set it.</summary>
    public string? Plan { get; init; }

    /// <summary>What the model submitted, when this call ends the work.</summary>
    public Submission? Submission { get; init; }
}

/// <summary>What a model says when it is done. The verdict does not come from here.</summary>
/// <param name="Title">Imperative title for commit and pull request.</param>
/// <param name="Summary">Markdown for people.</param>
public sealed record Submission(string Title, string Summary)
{
    /// <summary>The places that an answer names; <see langword="null"/> for a change.</summary>
    public IReadOnlyList<FileReference>? References { get; init; }

    /// <summary>The review of a change; <see langword="null"/> for other work.</summary>
    public BrainReview? Review { get; init; }
}
