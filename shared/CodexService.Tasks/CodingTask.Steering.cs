using CodexService.Contracts.Api;
using CodexService.Contracts.Messages;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Leases;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.Steering;

namespace CodexService.Tasks;

/// <content>What people do to a task while it runs: pause, resume, messages, approval of plans.</content>
public sealed partial class CodingTask
{
    private const string PausedByAPerson = "paused by a person";
    private const string PlanWaits = "its plan waits for your approval";

    /// <summary>Whether plans wait for a person's approval before files change.</summary>
    public bool ApprovePlan { get; private set; }

    /// <summary>Whether a person asked to pause; attempts that still run are about to.</summary>
    public bool PauseRequested { get; private set; }

    /// <summary>How many messages people have sent.</summary>
    public int MessageCount { get; private set; }

    /// <summary>Asks to pause. Waiting attempts are paused at once, running ones between two turns. Asking twice is harmless.</summary>
    /// <exception cref="TaskConflictException">The task has ended or is about to, or its brain cannot be paused.</exception>
    public void RequestPause(DateTimeOffset now)
    {
        Steerable("The task cannot be paused");
        if (Brain == BrainChoice.Repair)
        {
            throw new TaskConflictException("The repair brain cannot be paused; stop the task instead, and retry it later.");
        }

        if (PauseRequested)
        {
            return;
        }

        PauseRequested = true;
        Append(TaskEventTypes.PauseRequested, null, "A person asked to pause");
        foreach (var attempt in attempts.Where(a => a.State == AttemptState.Queued))
        {
            Pause(attempt);
        }

        SettleWhenDone(now);
    }

    /// <summary>Goes on after a pause; plans that wait for approval go on waiting.</summary>
    /// <exception cref="TaskConflictException">Nothing is paused.</exception>
    public void Resume(DateTimeOffset now)
    {
        Steerable("The task cannot be resumed");
        if (!PauseRequested)
        {
            throw new TaskConflictException(attempts.Exists(WaitsForApproval)
                ? "The task is not paused: its plan waits for your approval. Approve the plan, or send a message."
                : $"The task is not paused: it is {Words(State)}.");
        }

        PauseRequested = false;
        Append(TaskEventTypes.Resumed, null, "A person asked to go on");
        QueuePaused();
        SettleWhenDone(now);
    }

    /// <summary>Stores a message that every attempt, or one, reads before its next turn. A plan that waits is revised.</summary>
    /// <param name="text">1 to <see cref="SteeringLimits.LongestText"/> characters.</param>
    /// <param name="attemptNumber">The one attempt that reads it; <see langword="null"/> for every attempt.</param>
    /// <param name="now">The database's clock.</param>
    /// <returns>The message, for the caller to store.</returns>
    /// <exception cref="TaskConflictException">Nobody would read it.</exception>
    public TaskMessage SendMessage(string text, int? attemptNumber, DateTimeOffset now)
    {
        Steerable("The message would reach nobody");
        if (Brain == BrainChoice.Repair)
        {
            throw new TaskConflictException("The repair brain reads no messages; stop the task and submit a new one.");
        }

        if (attemptNumber is { } number && !attempts.Exists(a => a.Number == number && a.IsActive))
        {
            throw new TaskConflictException($"Attempt {number} does not run; leave the attempt out to reach those that do.");
        }

        if (attempts.Exists(a => a.Number == attemptNumber && a.Brain == BrainChoice.Repair))
        {
            throw new TaskConflictException($"Attempt {attemptNumber} is the repair brain's, which reads no messages; leave the attempt out to reach the others.");
        }

        var message = new TaskMessage { TaskId = Id, Number = ++MessageCount, Text = StorableText.Of(text.Trim()), At = now, Attempt = attemptNumber };
        Append(TaskEventTypes.MessageSent, attemptNumber, $"Message {message.Number} of a person: {StorableText.Line(message.Text, 300)}", new { number = message.Number });
        foreach (var attempt in attempts.Where(a => WaitsForApproval(a) && (attemptNumber ?? a.Number) == a.Number))
        {
            attempt.RevisePlan();
            QueueOrPause(attempt);
        }

        SettleWhenDone(now);
        return message;
    }

    /// <summary>Approves a plan that waits, as it is or as the person changed it; its attempt goes on.</summary>
    /// <param name="request">Which plan, and how it was changed.</param>
    /// <param name="now">The database's clock.</param>
    /// <exception cref="TaskConflictException">No such plan waits.</exception>
    public void ApproveProposedPlan(ApprovePlanRequest request, DateTimeOffset now)
    {
        Steerable("No plan can be approved");
        var attempt = WaitingPlan(request.Attempt);
        if (request.Revision is { } read && read != attempt.PlanRevision)
        {
            throw new TaskConflictException($"The plan of attempt {attempt.Number} was revised meanwhile; read it again before you approve it.");
        }

        var plan = string.IsNullOrWhiteSpace(request.Plan) ? attempt.Plan! : StorableText.Of(request.Plan.Trim());
        var edited = plan != attempt.Plan;
        attempt.ApprovePlan(plan);
        Append(
            TaskEventTypes.PlanApproved,
            attempt.Number,
            edited ? $"A person changed and approved the plan of attempt {attempt.Number}" : $"A person approved the plan of attempt {attempt.Number}",
            new { plan, revision = attempt.PlanRevision, edited });
        QueueOrPause(attempt);
        SettleWhenDone(now);
    }

    /// <summary>
    /// A worker gives its attempt up because it waits for a person. When what it waits for has come in the same moment,
    /// it is queued again at once.
    /// </summary>
    /// <exception cref="LeaseLostException">The attempt belongs to somebody else by now.</exception>
    public void Park(AttemptLease lease, AttemptParking parking, DateTimeOffset now)
    {
        var attempt = Held(lease);
        attempt.Use(parking.UsedTime);
        if (CancelRequested || attempt.StopReason is not null)
        {
            End(attempt, AttemptState.Cancelled, attempt.StopReason ?? StoppedByAPerson, now);
        }
        else if (parking.Plan is { } plan)
        {
            CountWallClock(attempt, now);
            Propose(attempt, StorableText.Of(plan), heardAll: parking.MessagesRead >= MessageCount);
        }
        else
        {
            CountWallClock(attempt, now);
            QueueOrPause(attempt);
        }

        SettleWhenDone(now);
    }

    /// <summary>A running attempt cannot be paused: the request is withdrawn for the whole task, and the log says why.</summary>
    /// <exception cref="LeaseLostException">The attempt belongs to somebody else by now.</exception>
    public void RefusePause(AttemptLease lease, string reason, DateTimeOffset now)
    {
        var attempt = Held(lease);
        if (!PauseRequested)
        {
            return;
        }

        PauseRequested = false;
        Append(TaskEventTypes.PauseRefused, attempt.Number, $"Not paused: {reason}", new { reason });
        QueuePaused();
        SettleWhenDone(now);
    }

    private static bool WaitsForApproval(Attempt attempt) => attempt is { State: AttemptState.Paused, PlanState: PlanState.Waiting };

    private void Steerable(string problem)
    {
        if (IsTerminal || State == TaskState.Publishing)
        {
            throw new TaskConflictException($"{problem}: the task is {Words(State)}.");
        }

        if (CancelRequested)
        {
            throw new TaskConflictException($"{problem}: the task is being stopped.");
        }
    }

    private Attempt WaitingPlan(int? number)
    {
        var waiting = attempts.FindAll(a => WaitsForApproval(a) && (number ?? a.Number) == a.Number);
        if (waiting.Count == 1)
        {
            return waiting[0];
        }

        var attempt = number is null ? null : attempts.Find(a => a.Number == number);
        throw new TaskConflictException(
            waiting.Count > 1 ? $"{waiting.Count} plans wait; name the attempt: {string.Join(", ", waiting.Select(a => a.Number))}."
            : !ApprovePlan ? "The task was submitted without approval of plans; send a message to steer it."
            : attempt?.PlanState == PlanState.Approved ? $"The plan of attempt {attempt.Number} is approved already."
            : attempt is null && number is not null ? $"The task has no attempt {number}."
            : "No plan waits for approval at the moment; wait until the task is paused for it.");
    }

    private void Propose(Attempt attempt, string plan, bool heardAll)
    {
        attempt.Park();
        attempt.Propose(plan);
        Append(
            TaskEventTypes.PlanProposed,
            attempt.Number,
            $"Attempt {attempt.Number} proposes a plan and waits for your approval",
            new { plan, revision = attempt.PlanRevision });
        if (!heardAll)
        {
            attempt.RevisePlan();
            QueueOrPause(attempt);
        }
    }

    // A person's pause holds whatever would otherwise be queued.
    private void QueueOrPause(Attempt attempt)
    {
        if (PauseRequested)
        {
            Pause(attempt);
            return;
        }

        attempt.Requeue();
        newMessages.Add(new RunAttempt(attempt.Id));
    }

    private void Pause(Attempt attempt)
    {
        attempt.Park();
        Append(TaskEventTypes.Paused, attempt.Number, $"Attempt {attempt.Number} is paused");
    }

    private void QueuePaused()
    {
        foreach (var attempt in attempts.Where(a => a.State == AttemptState.Paused && !WaitsForApproval(a)))
        {
            QueueOrPause(attempt);
        }
    }

    private void SettleActive()
    {
        State = attempts.Exists(a => a.State == AttemptState.Running) ? TaskState.Running
            : attempts.Exists(a => a.State == AttemptState.Queued) ? TaskState.Queued
            : TaskState.Paused;
        Reason = State == TaskState.Paused ? (PauseRequested ? PausedByAPerson : PlanWaits) : null;
    }
}
