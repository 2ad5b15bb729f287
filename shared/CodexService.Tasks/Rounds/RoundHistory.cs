namespace CodexService.Tasks.Rounds;

/// <summary>What ended attempts left behind, as far as a new round builds on it.</summary>
/// <param name="Patches">Attempts with a patch.</param>
/// <param name="Brains">Name of the brain of each attempt that has a result.</param>
/// <param name="LastTurns">Number of the last journalled turn of each attempt that has any.</param>
/// <param name="TestCommand">The test command of the newest follow-up; <see langword="null"/> before the first.</param>
public sealed record RoundHistory(
    IReadOnlySet<Guid> Patches,
    IReadOnlyDictionary<Guid, string> Brains,
    IReadOnlyDictionary<Guid, int> LastTurns,
    string? TestCommand = null);
