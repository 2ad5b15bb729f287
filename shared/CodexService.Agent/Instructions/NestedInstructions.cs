using CodexService.Agent.Context;
using Microsoft.Extensions.AI;

namespace CodexService.Agent.Instructions;

/// <summary>
/// Shows each nested AGENTS.md once, when a call first touches a file that it is about. Not thread-safe.
/// </summary>
internal sealed class NestedInstructions(AgentInstructions instructions, string workspace, DataBlock block)
{
    private readonly HashSet<string> shown = new(StringComparer.Ordinal);

    /// <summary>What the model has to be told because of a call, nearest first.</summary>
    public IEnumerable<string> For(FunctionCallContent call)
    {
        var path = CallText.Argument(call, "path") ?? CallText.Argument(call, "file");
        if (path is null)
        {
            yield break;
        }

        if (path.StartsWith(workspace + "/", StringComparison.Ordinal))
        {
            path = path[(workspace.Length + 1)..];
        }

        foreach (var file in instructions.For(path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path))
        {
            if (shown.Add(file.Path))
            {
                yield return $"How people work in this folder and below, from {file.Name}; it comes before what AGENTS.md of outer folders says:\n{AgentInstructions.Render(file, block)}";
            }
        }
    }
}
