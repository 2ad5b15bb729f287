namespace CodexService.Tasks.PullRequests;

/// <content>Conflicts with the base branch.</content>
public sealed partial class PullRequest
{
    /// <summary>Paths that are in conflict with the base branch, as far as it was looked at since the head moved; foreign text.</summary>
    public IReadOnlyList<string> Conflicts { get; private set; } = [];

    internal void ConflictsIn(IReadOnlyList<string> paths) => Conflicts = paths;
}
