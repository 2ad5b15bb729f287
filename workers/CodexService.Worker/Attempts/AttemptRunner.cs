using System.Diagnostics;
using CodexService.Agent;
using CodexService.Contracts.Api;
using CodexService.Repositories;
using CodexService.Sandbox;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Events;
using CodexService.Tasks.Leases;
using CodexService.Verification.Export;
using Npgsql;

namespace CodexService.Worker.Attempts;

/// <summary>Runs one claimed attempt to its end: checkout, sandbox, brain, export, verification. Thread-safe.</summary>
internal sealed partial class AttemptRunner(
    AttemptLeases leases,
    TaskChangeSignal signal,
    AttemptStages stages,
    TimeProvider time,
    ILogger<AttemptRunner> logger)
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    internal static readonly ActivitySource Activities = new("CodexService.Worker");

    /// <summary>Runs the attempt. Everything that ends it is written to the database, unless somebody else holds it by then.</summary>
    public async Task RunAsync(ClaimedAttempt attempt, CancellationToken shutdown)
    {
        using var activity = Activities.StartActivity("attempt");
        activity?.SetTag("codex.task", attempt.Lease.TaskId);
        LogStarted(attempt.Number, attempt.Lease.TaskId, attempt.Lease.Epoch);
        AttemptOutcome? outcome;
        await using (var session = new AttemptSession(attempt, leases, signal, time, logger, shutdown))
        {
            await using (var journal = new AttemptJournal(leases, attempt.Lease, time, () => session.Stop(StopCause.LeaseLost), logger))
            {
                outcome = await DecideAsync(attempt, session, journal);
            }

            await EndAsync(attempt, session, outcome);
        }
    }

    private async Task<AttemptOutcome?> DecideAsync(ClaimedAttempt attempt, AttemptSession session, AttemptJournal journal)
    {
        var work = new AttemptWork(attempt, journal, time.GetTimestamp(), session);
        try
        {
            return await stages.RunAsync(work, session.Stopping);
        }
        catch (Exception e) when (session.Cause != StopCause.None && e is OperationCanceledException or SandboxException)
        {
            return session.Cause switch
            {
                StopCause.Cancelled => work.Unfinished(AttemptState.Cancelled, "stopped by a person"),
                StopCause.Deadline => work.Unfinished(AttemptState.TimedOut, $"the time budget of {attempt.Timeout.TotalSeconds:N0} s is used up; raise it with --timeout"),
                _ => null,
            };
        }
        catch (Exception e) when (e is SandboxException or RepositoryException or BrainException or PatchExportException)
        {
            return work.Unfinished(AttemptState.Failed, e.Message);
        }
        catch (Exception e)
        {
            LogBroken(e, attempt.Lease.AttemptId);
            return work.Unfinished(AttemptState.Failed, "an error inside the service; the worker's log says which");
        }
    }

    // What was worked out is written as long as the attempt is ours: the database may be away for a moment.
    private async Task EndAsync(ClaimedAttempt attempt, AttemptSession session, AttemptOutcome? outcome)
    {
        while (session.Cause != StopCause.LeaseLost)
        {
            try
            {
                await WriteEndAsync(attempt, outcome);
                return;
            }
            catch (LeaseLostException)
            {
                break;
            }
            catch (Exception e) when (IsPassing(e))
            {
                LogEndNotWritten(attempt.Lease.AttemptId, e.Message);
                await Task.Delay(RetryPause, time, CancellationToken.None);
            }
        }

        LogLost(attempt.Lease.AttemptId);
    }

    private async Task WriteEndAsync(ClaimedAttempt attempt, AttemptOutcome? outcome)
    {
        if (outcome is null)
        {
            await leases.ReleaseAsync(attempt.Lease, CancellationToken.None);
            return;
        }

        if (outcome.Parking is { } parking)
        {
            await leases.ParkAsync(attempt.Lease, parking, outcome.Result, CancellationToken.None);
            LogParked(attempt.Number, attempt.Lease.TaskId);
            return;
        }

        await leases.FinishAsync(attempt.Lease, outcome, CancellationToken.None);
        LogEnded(attempt.Number, attempt.Lease.TaskId, outcome.State, outcome.Reason);
    }

    private static bool IsPassing(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is NpgsqlException { IsTransient: true } or TimeoutException or System.Net.Sockets.SocketException)
            {
                return true;
            }
        }

        return false;
    }

    [LoggerMessage(LogLevel.Warning, "The end of attempt {AttemptId} could not be written ({Reason}); it is tried again")]
    private partial void LogEndNotWritten(Guid attemptId, string reason);

    [LoggerMessage(LogLevel.Information, "Attempt {Number} of task {TaskId} started (claim {Epoch})")]
    private partial void LogStarted(int number, Guid taskId, int epoch);

    [LoggerMessage(LogLevel.Information, "Attempt {Number} of task {TaskId} waits for a person")]
    private partial void LogParked(int number, Guid taskId);

    [LoggerMessage(LogLevel.Information, "Attempt {Number} of task {TaskId} ended: {State}, {Reason}")]
    private partial void LogEnded(int number, Guid taskId, AttemptState state, string reason);

    [LoggerMessage(LogLevel.Warning, "Attempt {AttemptId} is held by somebody else now; its work here is dropped")]
    private partial void LogLost(Guid attemptId);

    [LoggerMessage(LogLevel.Error, "Attempt {AttemptId} hit an unexpected error")]
    private partial void LogBroken(Exception exception, Guid attemptId);
}
