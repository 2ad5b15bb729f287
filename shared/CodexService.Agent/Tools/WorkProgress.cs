namespace CodexService.Agent.Tools;

/// <summary>What <c>submit</c> has to know about the calls before it.</summary>
internal sealed class WorkProgress
{
    /// <summary>Whether tests ran at all.</summary>
    public bool TestsRan { get; private set; }

    /// <summary>The tree that the last run of tests left, when git could say.</summary>
    public string? TestedTree { get; private set; }

    /// <summary>Whether <c>edit</c> or <c>write</c> changed something since.</summary>
    public bool EditedSinceTests { get; private set; }

    /// <summary>Remembers that a call changed files.</summary>
    public void Note(ToolOutcome outcome) => EditedSinceTests |= outcome.ChangedFiles;

    /// <summary>Remembers a run of tests.</summary>
    public void NoteTests(string? tree) => (TestsRan, TestedTree, EditedSinceTests) = (true, tree, false);
}
