using System.Text.Json;
using CodexService.Agent.Journal;
using CodexService.Contracts.Api;
using CodexService.Tasks.Leases;
using CodexService.Tasks.Turns;

namespace CodexService.Worker.Turns;

/// <summary>
/// The turns of one attempt in the database: whoever claims it after a crash goes on from the last finished turn. Used by
/// one loop at a time.
/// </summary>
internal sealed partial class StoredTurnJournal : ITurnJournal
{
    private readonly AttemptTurns turns;
    private readonly AttemptLease lease;

    private StoredTurnJournal(AttemptTurns turns, AttemptLease lease, IReadOnlyList<TurnRecord> recorded)
    {
        this.turns = turns;
        this.lease = lease;
        Recorded = recorded;
    }

    /// <inheritdoc/>
    public IReadOnlyList<TurnRecord> Recorded { get; }

    /// <summary>Opens the journal with what earlier claims of the attempt have written.</summary>
    public static async Task<StoredTurnJournal> OpenAsync(AttemptTurns turns, AttemptLease lease, ILogger logger, CancellationToken cancellationToken)
    {
        List<TurnRecord> recorded = [];
        foreach (var turn in await turns.ReadAsync(lease.AttemptId, cancellationToken))
        {
            try
            {
                recorded.Add(TurnJson.Deserialize(turn.Record));
            }
            catch (JsonException e)
            {
                // Written by another version: what came before it still counts.
                LogUnreadable(logger, turn.Number, lease.AttemptId, e.Message);
                break;
            }
        }

        return new StoredTurnJournal(turns, lease, recorded);
    }

    /// <inheritdoc/>
    public async ValueTask AppendAsync(TurnRecord record, CancellationToken cancellationToken)
    {
        await turns.WriteAsync(lease, record.Number, TurnJson.Serialize(record), cancellationToken);
        if (record.Settings is { } settings)
        {
            await turns.WritePromptsAsync(lease, new AttemptPrompts(settings.PromptHash, settings.PromptVersion, settings.Model), cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Turn {Number} of attempt {AttemptId} cannot be read ({Reason}); the attempt goes on from the turn before")]
    private static partial void LogUnreadable(ILogger logger, int number, Guid attemptId, string reason);
}
