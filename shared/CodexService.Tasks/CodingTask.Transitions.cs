using CodexService.Contracts.Api;
using CodexService.Contracts.Messages;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Leases;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.Submission;

namespace CodexService.Tasks;

/// <content>The transitions: queued → running → publishing → succeeded, or one of the other ends.</content>
public sealed partial class CodingTask
{
    private const string StoppedByAPerson = "stopped by a person";

    /// <summary>Makes a new task in state queued with its attempts.</summary>
    public static CodingTask Submit(TaskSubmission submission)
    {
        var prompt = StorableText.Of(submission.Prompt);
        var task = new CodingTask
        {
            Id = Guid.CreateVersion7(),
            Title = StorableText.Shorten(prompt.Trim().Split('\n', 2)[0].Trim(), 120),
            Repository = submission.Repository,
            Prompt = prompt,
            TestCommand = submission.TestCommand,
            BaseRef = submission.BaseRef,
            Brain = submission.Brain,
            Template = submission.Template,
            Model = submission.Model ?? (submission.Models is [var only] ? only : null),
            ApprovePlan = submission.ApprovePlan,
            Kind = submission.Kind,
            HeadRef = submission.HeadRef,
            Timeout = submission.Timeout,
            State = TaskState.Queued,
            IdempotencyKey = submission.IdempotencyKey,
            SubmissionHash = submission.Hash,
            SubmittedBy = submission.SubmittedBy,
            MaxTurns = submission.Limits?.Turns,
            MaxTokens = submission.Limits?.Tokens,
            MaxCost = submission.Limits?.Cost,
        };
        task.Append(TaskEventTypes.TaskSubmitted, null, $"Submitted: {task.Title}");
        foreach (var variant in AttemptVariant.Of(submission))
        {
            task.AddAttempt(variant).IsAskedBy(task.SubmittedBy);
        }

        return task;
    }

    /// <summary>Gives a queued attempt to a worker; <see langword="null"/> when it is not there to be taken.</summary>
    public AttemptLease? Claim(Guid attemptId, string worker, DateTimeOffset now, TimeSpan lease)
    {
        var attempt = attempts.Find(a => a.Id == attemptId);
        if (attempt is not { State: AttemptState.Queued } || CancelRequested || State is not (TaskState.Queued or TaskState.Running))
        {
            return null;
        }

        attempt.Claim(worker, now, now + lease);
        State = TaskState.Running;
        StartedAt ??= now;
        Append(
            TaskEventTypes.AttemptClaimed,
            attempt.Number,
            attempt.Epoch == 1 ? $"Worker {worker} took the attempt" : $"Worker {worker} took the attempt over (claim {attempt.Epoch})",
            new { worker, epoch = attempt.Epoch });
        return new AttemptLease(Id, attempt.Id, attempt.Epoch);
    }

    /// <summary>Appends an event of a running attempt.</summary>
    /// <exception cref="LeaseLostException">The attempt belongs to somebody else by now.</exception>
    public void Record(AttemptLease lease, AttemptReport report)
    {
        var attempt = Held(lease);
        if (report.Stage is not null)
        {
            Stage = report.Stage;
        }

        if (report.CandidatesTried > attempt.CandidatesTried)
        {
            CandidatesTried += report.CandidatesTried - attempt.CandidatesTried;
            attempt.Count(report.CandidatesTried);
        }

        if (report.BaseCommit is not null)
        {
            BaseCommit ??= report.BaseCommit;
            attempt.StartsAt(report.BaseCommit);
        }

        if (report.HeadCommit is not null)
        {
            attempt.Reviews(report.HeadCommit);
        }

        if (report.Usage is { } usage)
        {
            attempt.Count(usage);
        }

        if (report.Temperature is { } temperature)
        {
            attempt.AskedAt(temperature);
        }

        if (report.SandboxReady is { } ready)
        {
            attempt.SandboxWasReady(ready);
        }

        Append(report.Type, attempt.Number, report.Message, report.Data);
    }

    /// <summary>
    /// Ends an attempt. When it was the last one of its round, the best verified patch is published, or the task ends. A patch
    /// that was verified after a person asked to stop stays with the attempt, but is not published.
    /// </summary>
    /// <exception cref="LeaseLostException">The attempt belongs to somebody else by now.</exception>
    public void FinishAttempt(AttemptLease lease, AttemptOutcome outcome, DateTimeOffset now)
    {
        var attempt = Held(lease);
        if (Attempt.IsActiveState(outcome.State))
        {
            throw new ArgumentException($"{outcome.State} is no end of an attempt.", nameof(outcome));
        }

        if (Kind == TaskKind.Change)
        {
            attempt.Measure(outcome);
        }

        attempt.EndedEarly(outcome.EarlyEnd);
        End(attempt, outcome.State, outcome.State == AttemptState.Cancelled ? attempt.StopReason ?? outcome.Reason : outcome.Reason, now);
        if (Kind != TaskKind.Change && outcome.State == AttemptState.Succeeded && !CancelRequested)
        {
            Answer(attempt, now);
            return;
        }

        SettleWhenDone(now);
    }

    /// <summary>Takes a silent attempt from its worker: back to the queue, or failed when it was the last of <see cref="MaxLostWorkers"/>.</summary>
    public bool Rescue(Guid attemptId, DateTimeOffset now)
    {
        var attempt = attempts.Find(a => a.Id == attemptId);
        if (attempt is not { State: AttemptState.Running } || attempt.LeaseUntil >= now)
        {
            return false;
        }

        attempt.LoseWorker();
        if (CancelRequested || attempt.StopReason is not null)
        {
            End(attempt, AttemptState.Cancelled, attempt.StopReason ?? StoppedByAPerson, now);
            SettleWhenDone(now);
        }
        else if (attempt.LostWorkers >= MaxLostWorkers)
        {
            var reason = $"{attempt.LostWorkers} workers stopped answering during the attempt; look at the workers' logs, then retry";
            End(attempt, AttemptState.Failed, reason, now);
            SettleWhenDone(now);
        }
        else
        {
            Requeue(attempt, $"Worker {attempt.Worker} stopped answering; the attempt goes back to the queue", now);
        }

        return true;
    }

    /// <summary>A worker that shuts down gives its attempt back without waiting for the lease to end; that is no failure.</summary>
    /// <exception cref="LeaseLostException">The attempt belongs to somebody else by now.</exception>
    public void Release(AttemptLease lease, DateTimeOffset now)
    {
        var attempt = Held(lease);
        if (CancelRequested || attempt.StopReason is not null)
        {
            End(attempt, AttemptState.Cancelled, attempt.StopReason ?? StoppedByAPerson, now);
            SettleWhenDone(now);
            return;
        }

        Requeue(attempt, $"Worker {attempt.Worker} shuts down; the attempt goes back to the queue", now);
    }

    /// <summary>Asks to stop. Waiting attempts end at once; running ones when their worker has heard.</summary>
    /// <exception cref="TaskConflictException">The task has ended, or its pull request is being opened.</exception>
    public void RequestCancel(DateTimeOffset now)
    {
        if (IsTerminal || State == TaskState.Publishing)
        {
            throw new TaskConflictException($"The task cannot be cancelled: it is {Words(State)}.");
        }

        Stop("A person asked to stop", StoppedByAPerson, now);
    }

    /// <summary>Queues another round of a task that ended without success: as many attempts as in the last one, with the same brains and models.</summary>
    /// <exception cref="TaskConflictException">The task has not ended, or has succeeded.</exception>
    /// <param name="user">Name of the access token of who asks; <see langword="null"/> for who asked last.</param>
    public void Retry(string? user = null)
    {
        if (!IsTerminal || Outcome == TaskState.Succeeded)
        {
            throw new TaskConflictException($"Only a task that ended without success can be retried; this one is {Words(State)}.");
        }

        RequireOpenPullRequest("a retry");
        var round = Round();
        var last = round.MaxBy(a => a.Number)!;
        if (last.PromptNumber == 1 && PullRequest is null)
        {
            BaseCommit = null;
        }

        Append(TaskEventTypes.TaskRetried, null, round.Count == 1 ? "A person asked for another attempt" : $"A person asked for another {round.Count} attempts");
        foreach (var attempt in BeginRound(user ?? last.RequestedBy, round.ConvertAll(one => one.Variant)))
        {
            if (last.PromptNumber > 1)
            {
                attempt.StartsLike(last);
            }
        }
    }

    private void Stop(string told, string reason, DateTimeOffset now)
    {
        if (CancelRequested)
        {
            return;
        }

        CancelRequested = true;
        Append(TaskEventTypes.CancelRequested, null, told);
        foreach (var attempt in attempts.Where(a => a.IsActive))
        {
            attempt.RequestStop(reason);
            if (attempt.State != AttemptState.Running)
            {
                End(attempt, AttemptState.Cancelled, reason, now);
            }
        }

        SettleWhenDone(now);
    }

    private Attempt Held(AttemptLease lease)
    {
        var attempt = attempts.Find(a => a.Id == lease.AttemptId);
        return attempt is { State: AttemptState.Running } && attempt.Epoch == lease.Epoch
            ? attempt
            : throw new LeaseLostException(lease);
    }

    private void Requeue(Attempt attempt, string message, DateTimeOffset now)
    {
        CountWallClock(attempt, now);
        attempt.Requeue();
        Append(TaskEventTypes.AttemptRescued, attempt.Number, message, new { epoch = attempt.Epoch });
        QueueOrPause(attempt);
        SettleWhenDone(now);
    }

    private void End(Attempt attempt, AttemptState state, string reason, DateTimeOffset now)
    {
        CountWallClock(attempt, now);
        attempt.Finish(state, StorableText.Line(reason), now);
        Append(TaskEventTypes.AttemptFinished, attempt.Number, $"Attempt {attempt.Number}: {reason}", new { state, reason });
    }

    // Of several attempts without success, the most telling outcome names the task's: an honest "found nothing" says
    // more than a timeout, and a timeout more than an error.
    private void SettleWhenDone(DateTimeOffset now)
    {
        if (attempts.Exists(a => a.IsActive))
        {
            SettleActive();
            return;
        }

        if (CancelRequested)
        {
            WinningAttemptId = null;
            Finish(TaskState.Cancelled, Round().Find(a => a.StopReason is PullRequestMerged or PullRequestClosed)?.StopReason ?? StoppedByAPerson, now);
            return;
        }

        var round = Round();
        if (round.Exists(a => a.Verified))
        {
            PublishBest(round, now);
            return;
        }

        var telling = round.Find(a => a.State == AttemptState.NoChange)
            ?? round.Find(a => a.State == AttemptState.TimedOut)
            ?? round.FindLast(a => a.State == AttemptState.Failed)
            ?? round[^1];
        var state = telling.State switch
        {
            AttemptState.NoChange => TaskState.NoChange,
            AttemptState.TimedOut => TaskState.TimedOut,
            AttemptState.Cancelled => TaskState.Cancelled,
            _ => TaskState.Failed,
        };
        Finish(state, telling.Reason, now);
    }
}
