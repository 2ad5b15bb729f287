using CodexService.Agent.Tools;
using Microsoft.Extensions.AI;

namespace CodexService.Agent.Loop;

/// <summary>The tools of one attempt. Called by one turn at a time.</summary>
internal interface IToolbox
{
    /// <summary>What the model is offered.</summary>
    IReadOnlyList<AIFunctionDeclaration> Declarations { get; }

    /// <summary>
    /// Runs one call. An unknown tool, arguments against the schema and commands that fail are outcomes, not exceptions.
    /// </summary>
    /// <exception cref="Sandbox.SandboxException">The sandbox itself is gone.</exception>
    Task<ToolOutcome> InvokeAsync(FunctionCallContent call, CancellationToken cancellationToken);
}

/// <summary>Makes the tools of an attempt. Thread-safe.</summary>
internal interface IToolboxFactory
{
    /// <summary>Tools that work in the context's sandbox.</summary>
    /// <exception cref="BrainException">The sandbox's image lacks what the tools need.</exception>
    /// <exception cref="Sandbox.SandboxException">The sandbox itself is gone.</exception>
    Task<IToolbox> CreateAsync(BrainContext context, CancellationToken cancellationToken);
}
