using System.Text.Json;
using CodexService.Agent.Journal;
using CodexService.Contracts.Api;
using CodexService.Models;
using CodexService.Tasks.Attempts;
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

    private readonly int inherited;

    private StoredTurnJournal(AttemptTurns turns, AttemptLease lease, int inherited, IReadOnlyList<TurnRecord> recorded)
    {
        this.turns = turns;
        this.lease = lease;
        this.inherited = inherited;
        Recorded = recorded;
    }

    /// <inheritdoc/>
    public IReadOnlyList<TurnRecord> Recorded { get; }

    /// <summary>Opens the journal with what earlier claims of the attempt have written.</summary>
    /// <param name="turns">Where turns are stored.</param>
    /// <param name="lease">The attempt.</param>
    /// <param name="inherited">How many turns came from another attempt, where they have been counted.</param>
    /// <param name="logger">Told of records that cannot be read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<StoredTurnJournal> OpenAsync(AttemptTurns turns, AttemptLease lease, int inherited, ILogger logger, CancellationToken cancellationToken)
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

        return new StoredTurnJournal(turns, lease, inherited, recorded);
    }

    /// <inheritdoc/>
    public async ValueTask AppendAsync(TurnRecord record, CancellationToken cancellationToken)
    {
        await turns.WriteAsync(lease, record.Number, TurnJson.Serialize(record), record.Number > inherited ? Used(record.Usage) : null, cancellationToken);
        if (record.Settings is { } settings)
        {
            await turns.WritePromptsAsync(lease, new AttemptPrompts(settings.PromptHash, settings.PromptVersion, settings.Model), cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask CountUnansweredAsync(int number, ModelUsage usage, CancellationToken cancellationToken) =>
        await turns.CountUnansweredAsync(lease, number, Used(usage), cancellationToken);

    private static TokenUsage Used(ModelUsage usage) => new(usage.InputTokens, usage.CachedInputTokens, usage.OutputTokens, usage.Cost);

    [LoggerMessage(LogLevel.Warning, "Turn {Number} of attempt {AttemptId} cannot be read ({Reason}); the attempt goes on from the turn before")]
    private static partial void LogUnreadable(ILogger logger, int number, Guid attemptId, string reason);
}
