namespace CodexService.Contracts.Api;

/// <summary>The prompt templates that a task can name: what a kind of task asks of a model beyond what every task asks.</summary>
public static class TaskTemplates
{
    /// <summary>All names, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } = ["bug-fix", "documentation", "feature", "refactoring", "tests", "upgrade"];

    /// <summary>Whether there is a template of this name; case matters.</summary>
    public static bool Contains(string name) => Names.Contains(name, StringComparer.Ordinal);
}
