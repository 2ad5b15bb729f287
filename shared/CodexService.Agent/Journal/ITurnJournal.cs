namespace CodexService.Agent.Journal;

/// <summary>
/// The turns of one attempt, durable before they have effects. Used by one loop at a time.
/// </summary>
public interface ITurnJournal
{
    /// <summary>
    /// What is recorded so far, by earlier claims of the attempt too: one record a turn in their order; record 0 holds the
    /// first prompt. A record without results is a turn whose calls may not have run to their end.
    /// </summary>
    IReadOnlyList<TurnRecord> Recorded { get; }

    /// <summary>
    /// Stores a record before it returns. A turn is stored twice: with the answer alone before its calls run, and with
    /// the results after; the later record takes the place of the earlier one of the same number.
    /// </summary>
    ValueTask AppendAsync(TurnRecord record, CancellationToken cancellationToken);

    /// <summary>Counts what calls used that ended without an answer, in the turn <paramref name="number"/>. Default: nobody counts.</summary>
    ValueTask CountUnansweredAsync(int number, Models.ModelUsage usage, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}

/// <summary>A journal that lives as long as its process.</summary>
public sealed class InMemoryTurnJournal : ITurnJournal
{
    private readonly List<TurnRecord> records;

    /// <summary>A journal that opens with <paramref name="recorded"/>.</summary>
    public InMemoryTurnJournal(IEnumerable<TurnRecord>? recorded = null) => records = [.. recorded ?? []];

    /// <inheritdoc/>
    public IReadOnlyList<TurnRecord> Recorded => records;

    /// <inheritdoc/>
    public ValueTask AppendAsync(TurnRecord record, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var place = records.FindLastIndex(earlier => earlier.Number == record.Number);
        if (place >= 0)
        {
            records[place] = record;
        }
        else
        {
            records.Add(record);
        }

        return ValueTask.CompletedTask;
    }
}
