using System.Diagnostics;

namespace CodexService.Sandbox;

/// <summary>Where traces of sandboxes come from.</summary>
public static class SandboxTelemetry
{
    /// <summary>Name of the activity source; activities: <c>sandbox create</c>, <c>sandbox run</c>, <c>sandbox remove</c>.</summary>
    public const string SourceName = "CodexService.Sandbox";

    internal static ActivitySource Source { get; } = new(SourceName);
}
