namespace CodexService.Tasks.Attempts;

/// <summary>Why a worker gives an attempt up without ending it: it waits for a person.</summary>
/// <param name="Plan">The plan that waits for approval; <see langword="null"/> when a person asked to pause.</param>
/// <param name="MessagesRead">Number of the newest message that the attempt has read; 0 for none.</param>
/// <param name="UsedTime">Working time of all claims of the attempt so far.</param>
public sealed record AttemptParking(string? Plan, int MessagesRead, TimeSpan UsedTime);
