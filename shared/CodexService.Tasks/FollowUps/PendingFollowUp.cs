using CodexService.Tasks.Persistence;

namespace CodexService.Tasks.FollowUps;

/// <summary>
/// Something that is asked of a task and may have to wait for its end. Stored once for each key, and done in the transaction
/// that marks it so. Changed only through <see cref="PendingFollowUps"/>.
/// </summary>
public sealed class PendingFollowUp
{
    private string? content;
    private DateTimeOffset? dueAt;

    /// <summary>Identity; version 7.</summary>
    public Guid Id { get; private init; } = Guid.CreateVersion7();

    /// <summary>The task.</summary>
    public required Guid TaskId { get; init; }

    /// <summary>Repository as <c>owner/name</c>, in lower case.</summary>
    public required string Repository { get; init; }

    /// <summary>What asked, for example <c>review:3</c>; once for each repository.</summary>
    public required string Key { get; init; }

    /// <summary>What kind of thing it is.</summary>
    public required PendingKind Kind { get; init; }

    /// <summary>Whether it may be told to a running attempt as a message.</summary>
    public bool IsSteerable { get; private set; }

    /// <summary>What is asked, as JSON; while it is collected, what that needs.</summary>
    public string? Content
    {
        get => content;
        init => content = value;
    }

    /// <summary>Commit that it is about.</summary>
    public string? HeadCommit { get; init; }

    /// <summary>Where it stands.</summary>
    public PendingState State { get; private set; } = PendingState.Collecting;

    /// <summary>Collecting ends at this moment, on the service's clock.</summary>
    public DateTimeOffset? DueAt
    {
        get => dueAt;
        init => dueAt = value;
    }

    /// <summary>The message that tells it to a running attempt.</summary>
    public int? MessageNumber { get; private set; }

    /// <summary>The prompt that it became.</summary>
    public int? PromptNumber { get; private set; }

    /// <summary>What came of it, one line.</summary>
    public string? Outcome { get; private set; }

    /// <summary>When it was asked for on GitHub; <see langword="null"/> when nobody did, and for what is older than that is kept.</summary>
    public DateTimeOffset? SaidAt { get; init; }

    /// <summary>When it came, on the database's clock.</summary>
    public DateTimeOffset CreatedAt { get; private set; }

    internal void Wait(string json, bool isSteerable)
    {
        (content, IsSteerable, State) = (json, isSteerable, PendingState.Waiting);
        MessageNumber = null;
    }

    internal void Collect(string json, DateTimeOffset? due) => (content, dueAt, State) = (json, due, PendingState.Collecting);

    internal void Send(int message) => (MessageNumber, State) = (message, PendingState.Sent);

    internal void Start(int prompt) => (PromptNumber, State, Outcome) = (prompt, PendingState.Started, $"round {prompt}");

    internal void Done() => (State, Outcome) = (PendingState.Started, "done");

    internal void Read() => (State, Outcome) = (PendingState.Started, "read while the task ran");

    internal void Note(string outcome) => Outcome = StorableText.Line(outcome);

    internal void Drop(string outcome) => (State, Outcome) = (PendingState.Dropped, StorableText.Line(outcome));
}

/// <summary>Kinds of <see cref="PendingFollowUp"/>.</summary>
public enum PendingKind
{
    /// <summary>What people said: <see cref="FollowUps.Feedback"/>.</summary>
    Feedback,

    /// <summary>A failing check of the head: a prompt.</summary>
    Check,

    /// <summary>Something that was done at once.</summary>
    Command,

    /// <summary>The branch may have moved while it was being published.</summary>
    Head,

    /// <summary>The branch may be in conflict with its base: <see cref="Conflicts.ConflictWork"/>.</summary>
    Conflict,

    /// <summary>What came of resolving conflicts is to be told: the number of its prompt.</summary>
    ConflictEnd,
}

/// <summary>Where a <see cref="PendingFollowUp"/> stands.</summary>
public enum PendingState
{
    /// <summary>More has to be known, or a time has to come, before it is clear what is asked.</summary>
    Collecting,

    /// <summary>Waits for the task's end, or for a running attempt that hears it.</summary>
    Waiting,

    /// <summary>Told to a running attempt; becomes a follow-up when the attempt ends without having read it.</summary>
    Sent,

    /// <summary>It became a follow-up, or was read.</summary>
    Started,

    /// <summary>Nothing is done.</summary>
    Dropped,
}
