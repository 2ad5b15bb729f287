using System.Text.Json;
using Microsoft.Extensions.AI;

namespace CodexService.Agent.Tools;

/// <summary>What all tools share: arguments are checked before anything is done.</summary>
/// <param name="name">As the model calls it.</param>
/// <param name="description">One or two short sentences.</param>
/// <param name="example">The right form, shown when a call was wrong.</param>
/// <param name="parameters">Few and flat.</param>
internal abstract class AgentTool(string name, string description, string example, params ToolParameter[] parameters) : IAgentTool
{
    /// <inheritdoc/>
    public AIFunctionDeclaration Declaration { get; } = AIFunctionFactory.CreateDeclaration(
        name, description, JsonSerializer.SerializeToElement(ToolParameter.Schema(parameters)), returnJsonSchema: null);

    /// <inheritdoc/>
    public async Task<ToolOutcome> InvokeAsync(JsonElement arguments, CancellationToken cancellationToken)
    {
        var (read, wrong) = ToolArguments.Read(arguments, parameters);
        if (read is null)
        {
            return new ToolOutcome($"{name}: {wrong}. Call it like this: {example}", IsError: true);
        }

        var outcome = await InvokeAsync(read, cancellationToken);
        return read.Ignored.Count == 0
            ? outcome
            : outcome with { Text = $"{outcome.Text}\n({name} has no argument {string.Join(", ", read.Ignored.Take(5))}; ignored)" };
    }

    /// <summary>Does it with arguments that fit the parameters.</summary>
    protected abstract Task<ToolOutcome> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken);
}
