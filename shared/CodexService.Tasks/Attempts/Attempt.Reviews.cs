namespace CodexService.Tasks.Attempts;

/// <content>What an attempt at a review looks at.</content>
public sealed partial class Attempt
{
    /// <summary>Head commit of the change that it reviews; <see langword="null"/> until the head ref was resolved, and for other kinds.</summary>
    public string? HeadCommit { get; private set; }

    internal void Reviews(string commit) => HeadCommit ??= commit;
}
