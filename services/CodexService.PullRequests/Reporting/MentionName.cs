namespace CodexService.PullRequests.Reporting;

/// <summary>Finds the name that people mention the service by on GitHub, without <c>@</c>.</summary>
/// <param name="find">Finds it.</param>
internal sealed class MentionName(Func<CancellationToken, ValueTask<string>> find)
{
    /// <summary>The name when nothing says another one.</summary>
    internal const string Default = "codex";

    /// <summary>The name.</summary>
    public ValueTask<string> FindAsync(CancellationToken cancellationToken) => find(cancellationToken);
}
