namespace CodexService.Tasks.Attempts;

/// <content>Merges with the base branch.</content>
public sealed partial class Attempt
{
    /// <summary>
    /// The base branch's commit whose conflicts with <see cref="BaseCommit"/> it resolves: it starts from the merge of the two, and its
    /// patch is relative to that; <see langword="null"/> for all other attempts.
    /// </summary>
    public string? MergedCommit { get; private set; }

    internal void Merges(string? baseTip) => MergedCommit = baseTip;
}
