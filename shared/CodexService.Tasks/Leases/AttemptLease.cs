namespace CodexService.Tasks.Leases;

/// <summary>The right to work on an attempt. Every write of the holder carries it.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="AttemptId">The attempt.</param>
/// <param name="Epoch">Fencing token: a later claim has a higher one.</param>
public sealed record AttemptLease(Guid TaskId, Guid AttemptId, int Epoch);

/// <summary>The attempt was taken by somebody else, or ended: stop all side effects.</summary>
public sealed class LeaseLostException : Exception
{
    /// <summary>Creates the exception.</summary>
    public LeaseLostException(AttemptLease lease)
        : base($"Attempt {lease.AttemptId} is no longer held with epoch {lease.Epoch}.")
    {
    }
}
