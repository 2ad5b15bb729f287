namespace CodexService.Tasks.Conflicts;

/// <summary>Conflicts of a pull request with its base that are to be resolved, while they wait for their time.</summary>
public sealed record ConflictWork
{
    /// <summary>Whether a person asked for it; else the base branch moved.</summary>
    public bool ByPerson { get; init; }

    /// <summary>Whose budget it counts against; <see langword="null"/> for who submitted the task.</summary>
    public string? User { get; init; }

    /// <summary>How often the forge was asked whether there are conflicts, without an answer.</summary>
    public int Tries { get; init; }

    /// <summary>What was found; <see langword="null"/> until somebody looked.</summary>
    public FoundConflicts? Found { get; init; }
}

/// <summary>Conflicts as they were found.</summary>
/// <param name="Head">The pull request's head.</param>
/// <param name="BaseTip">The base branch's commit that is merged.</param>
/// <param name="Paths">Where; foreign text.</param>
/// <param name="Prompt">The prompt that asks to resolve them.</param>
public sealed record FoundConflicts(string Head, string BaseTip, IReadOnlyList<string> Paths, string Prompt);
