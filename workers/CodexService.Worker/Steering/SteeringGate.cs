using CodexService.Agent.Loop;
using CodexService.Tasks.Leases;
using CodexService.Tasks.Steering;
using Npgsql;

namespace CodexService.Worker.Steering;

/// <summary>
/// Asks the database before each turn what people want of the attempt. A database that is away for a moment holds the turn:
/// nobody's pause or message is passed over. Used by one loop at a time.
/// </summary>
internal sealed partial class SteeringGate(TaskSteering steering, AttemptLease lease, TimeProvider time, ILogger logger) : ITurnGate
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async ValueTask<GateDecision> BeforeTurnAsync(TurnState state, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var wanted = await steering.ReadAsync(lease, state.MessagesRead, cancellationToken);
                return new GateDecision([.. wanted.Messages.Select(message => message.Text)])
                {
                    Pause = wanted.PauseRequested,
                    ReadThrough = wanted.ReadThrough,
                    ApprovedPlan = wanted.ApprovedPlan,
                };
            }
            catch (Exception e) when ((e as NpgsqlException ?? e.InnerException as NpgsqlException) is { IsTransient: true })
            {
                // Ends by itself: without the database the lease is lost, which cancels.
                LogNotRead(logger, lease.AttemptId, e.Message);
                await Task.Delay(RetryPause, time, cancellationToken);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "What people want of attempt {AttemptId} could not be read ({Reason}); it is tried again")]
    private static partial void LogNotRead(ILogger logger, Guid attemptId, string reason);
}
