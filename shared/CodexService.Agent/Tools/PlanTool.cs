namespace CodexService.Agent.Tools;

/// <summary><c>plan</c>: the model's plan, for itself and for people.</summary>
internal sealed class PlanTool() : AgentTool(
    "plan",
    "Keeps your plan: a short list of steps, done ones marked. Replaces the plan before. At most 12 lines.",
    """{"text": "[x] find the bug\n[ ] fix it\n[ ] run the tests"}""",
    new ToolParameter("text", ToolParameterType.String, "The plan, one step a line.", true, "plan", "steps", "content"))
{
    private const int MostLines = 12;
    private const int LongestLine = 200;

    /// <inheritdoc/>
    protected override Task<ToolOutcome> InvokeAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var lines = arguments.Text("text").Split('\n')
            .Select(line => UntrustedText.Clean(line, out _).TrimEnd())
            .Where(line => line.Length > 0)
            .Select(line => line.Length <= LongestLine ? line : $"{line[..(LongestLine - 1)]}…")
            .ToList();
        if (lines.Count == 0)
        {
            return Task.FromResult(new ToolOutcome("The plan is empty; write one step a line.", IsError: true));
        }

        var plan = string.Join('\n', lines.Take(MostLines));
        var cut = lines.Count > MostLines ? $" It was cut to {MostLines} lines; {lines.Count - MostLines} were left out. Keep it shorter." : "";
        return Task.FromResult(new ToolOutcome($"Plan kept.{cut}") { Plan = plan, Line = $"plan: {lines[0].Trim()}" });
    }
}
