namespace CodexService.Tasks.Workers;

/// <content>Who takes which attempt.</content>
public sealed partial class KnownWorkers
{
    /// <summary>
    /// The attempts that a worker leaves to others: it could but end them with a line, while another that is up, or with its models expected
    /// back, can do what they want. What no worker can do is left to nobody, and whoever claims it says why.
    /// </summary>
    /// <param name="worker">The worker; one that never told what it can do leaves nothing.</param>
    /// <param name="waiting">Attempts that wait.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task<HashSet<Guid>> LeftToOthersAsync(string worker, IReadOnlyCollection<WaitingAttempt> waiting, CancellationToken cancellationToken)
    {
        // Most tasks ask for no model of their own, and nobody else has to be known for them.
        var asking = waiting.Where(attempt => BrainRules.AsksForModel(attempt.Wish)).ToList();
        if (asking.Count == 0)
        {
            return [];
        }

        var known = await ExpectedAsync(cancellationToken);
        if (known.Find(row => row.Name == worker) is not { } self)
        {
            return [];
        }

        return [.. asking.Where(attempt => !Can(self, attempt) && known.Exists(other => Can(other, attempt))).Select(attempt => attempt.Id)];

        static bool Can(WorkerRow row, WaitingAttempt attempt) => BrainRules.WhyNot(attempt.Wish, WorkerAbilities.Of([row])) is null;
    }
}

/// <summary>An attempt that waits for a worker.</summary>
/// <param name="Id">The attempt.</param>
/// <param name="Wish">What it wants of a brain.</param>
internal sealed record WaitingAttempt(Guid Id, BrainWish Wish);
