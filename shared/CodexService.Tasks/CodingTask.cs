using System.Text.Json;
using CodexService.Contracts.Api;
using CodexService.Contracts.Messages;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Events;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.PullRequests;

namespace CodexService.Tasks;

/// <summary>
/// What a person asked for: the aggregate that attempts, events and the pull request belong to. Its methods are the
/// only way to change state; the diagram is in <c>docs/architecture.md</c>. Instances are loaded and saved under a row
/// lock by <see cref="TaskStore"/> and are not thread-safe.
/// </summary>
public sealed partial class CodingTask
{
    /// <summary>How many workers may fall silent with an attempt before it counts as failed.</summary>
    public const int MaxLostWorkers = 3;

    private readonly List<Attempt> attempts = [];
    private readonly List<TaskEvent> newEvents = [];
    private readonly List<object> newMessages = [];

    private CodingTask()
    {
    }

    /// <summary>Identity; version 7, so ids sort by time.</summary>
    public Guid Id { get; private set; }

    /// <summary>First line of the prompt, at most 120 characters.</summary>
    public string Title { get; private set; } = "";

    /// <summary>Local path or clone URL.</summary>
    public string Repository { get; private set; } = "";

    /// <summary>What to do.</summary>
    public string Prompt { get; private set; } = "";

    /// <summary>The command that proves the change.</summary>
    public string TestCommand { get; private set; } = "";

    /// <summary>Branch, tag or commit that the work starts from.</summary>
    public string BaseRef { get; private set; } = "";

    /// <summary>Commit that <see cref="BaseRef"/> meant when the first attempt looked.</summary>
    public string? BaseCommit { get; private set; }

    /// <summary>Which brain was asked for.</summary>
    public BrainChoice Brain { get; private set; }

    /// <summary>Prompt template that was asked for.</summary>
    public string? Template { get; private set; }

    /// <summary>Name of the configured model that was asked for.</summary>
    public string? Model { get; private set; }

    /// <summary>Wall clock of one attempt.</summary>
    public TimeSpan Timeout { get; private set; }

    /// <summary>State.</summary>
    public TaskState State { get; private set; }

    /// <summary>Why it is in a terminal state; one line.</summary>
    public string? Reason { get; private set; }

    /// <summary>Stage of the attempt that reported last.</summary>
    public string? Stage { get; private set; }

    /// <summary>Candidate patches tried in all attempts since the last retry.</summary>
    public int CandidatesTried { get; private set; }

    /// <summary>Number of the first attempt since the last retry; older attempts no longer decide the outcome.</summary>
    public int RoundStart { get; private set; } = 1;

    /// <summary>Whether a person asked to stop.</summary>
    public bool CancelRequested { get; private set; }

    /// <summary>Sequence number of the newest event.</summary>
    public long LastSeq { get; private set; }

    /// <summary>Client's key for idempotent submission.</summary>
    public string? IdempotencyKey { get; private set; }

    /// <summary>Hash of the submission that <see cref="IdempotencyKey"/> belongs to.</summary>
    public string? SubmissionHash { get; private set; }

    /// <summary>When it was submitted, on the database's clock.</summary>
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>When the first attempt was claimed.</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    /// <summary>When it reached a terminal state.</summary>
    public DateTimeOffset? FinishedAt { get; private set; }

    /// <summary>The attempt whose verified patch is the task's: the best of its round, or the one that a person chose.</summary>
    public Guid? WinningAttemptId { get; private set; }

    /// <summary>All attempts, oldest first.</summary>
    public IReadOnlyList<Attempt> Attempts => attempts;

    /// <summary>The pull request, once opened.</summary>
    public PullRequest? PullRequest { get; private set; }

    /// <summary>Whether <see cref="State"/> is final unless a person retries.</summary>
    public bool IsTerminal => IsTerminalState(State);

    internal IReadOnlyList<TaskEvent> NewEvents => newEvents;

    internal IReadOnlyList<object> NewMessages => newMessages;

    /// <summary>Whether a state is final.</summary>
    public static bool IsTerminalState(TaskState state) =>
        state is TaskState.Succeeded or TaskState.NoChange or TaskState.Failed or TaskState.Cancelled or TaskState.TimedOut;

    internal void ClearNew()
    {
        newEvents.Clear();
        newMessages.Clear();
        newUsage.Clear();
    }

    private Attempt AddAttempt(AttemptVariant variant)
    {
        var attempt = new Attempt(Id, attempts.Count == 0 ? 1 : attempts.Max(a => a.Number) + 1, variant);
        attempts.Add(attempt);
        Append(TaskEventTypes.AttemptQueued, attempt.Number, $"Attempt {attempt.Number} waits for a worker");
        newMessages.Add(new RunAttempt(attempt.Id));
        return attempt;
    }

    private void Append(string type, int? attempt, string message, object? data = null)
    {
        LastSeq++;
        newEvents.Add(new TaskEvent(
            Id,
            LastSeq,
            type,
            attempt,
            StorableText.Line(message),
            data is null ? null : StorableText.Json(data)));
    }

    private void Finish(TaskState state, string? reason, DateTimeOffset now)
    {
        Stage = null;
        PauseRequested = false;
        FinishedAt = now;
        ForgetRoundEnd();
        if (Standing(state) is { } standing)
        {
            EndRound(standing, state, reason);
            State = TaskState.Succeeded;
            Reason = null;
            Append(
                TaskEventTypes.TaskFinished,
                null,
                PullRequest is { State: PullRequestState.Open } open ? $"{TellRoundEnd()}; pull request #{open.ShownNumber} stays as it was" : TellRoundEnd(),
                new { state, reason, round = LastRound!.Number, stands = standing.Number });
            return;
        }

        State = state;
        Reason = reason is null ? null : StorableText.Line(reason);
        Append(
            TaskEventTypes.TaskFinished,
            null,
            reason is null ? $"Finished: {Words(state)}" : $"Finished: {Words(state)}. {reason}",
            new { state, reason });
    }

    private static string Words(TaskState state) => JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString()).Replace('_', ' ');
}
