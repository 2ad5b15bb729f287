using System.Text.Json;
using System.Text.Json.Serialization;

namespace CodexService.Contracts.Api;

/// <summary>Where a task is. The last five are terminal.</summary>
public enum TaskState
{
    /// <summary>Waits for a worker.</summary>
    Queued,

    /// <summary>A worker runs an attempt.</summary>
    Running,

    /// <summary>Waits for a person: paused, or a plan waits for approval; the reason says which.</summary>
    Paused,

    /// <summary>The patch is verified; the pull request is being opened.</summary>
    Publishing,

    /// <summary>The patch is verified and its pull request is open.</summary>
    Succeeded,

    /// <summary>The work ended without a verified patch.</summary>
    NoChange,

    /// <summary>An error ended it; the reason says which.</summary>
    Failed,

    /// <summary>A person stopped it.</summary>
    Cancelled,

    /// <summary>The time budget ended it.</summary>
    TimedOut,
}

/// <summary>Which brain works on a task.</summary>
public enum BrainChoice
{
    /// <summary>The model when one is configured, else the repair brain.</summary>
    Auto,

    /// <summary>A language model that calls tools.</summary>
    Model,

    /// <summary>Search-based repair; needs no model.</summary>
    Repair,

    /// <summary>One task, both: attempt 1 repairs, the others ask a model.</summary>
    Both,
}

/// <summary>Body of <c>POST /api/tasks</c>. An unknown field is refused: a typing error must not be a setting that is silently ignored.</summary>
/// <param name="Repository">Absolute path of a local git repository, or a clone URL (https, http, ssh, git, file).</param>
/// <param name="Prompt">What to do, 1 to 100,000 characters.</param>
/// <param name="TestCommand">The command that proves the change; <see langword="null"/> guesses it from the repository.</param>
/// <param name="BaseRef">Branch, tag or commit to start from; <see langword="null"/> for the default branch.</param>
/// <param name="Attempts">Parallel attempts, 1 to 8. Default: one for each of <see cref="Models"/>, and one more for the repair brain of <see cref="BrainChoice.Both"/>; else 1.</param>
/// <param name="TimeoutSeconds">Wall clock of one attempt in seconds, 10 to 86,400. Default 900.</param>
/// <param name="Brain">Which brain. Default <see cref="BrainChoice.Auto"/>.</param>
/// <param name="Template">One of <see cref="TaskTemplates.Names"/>, for the model's first prompt; <see langword="null"/> for none. The repair brain takes no notice.</param>
/// <param name="Model">Name of a configured model (<see cref="ModelName"/>); <see langword="null"/> for the default one.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SubmitTaskRequest(
    string Repository,
    string Prompt,
    string? TestCommand = null,
    string? BaseRef = null,
    int? Attempts = null,
    int? TimeoutSeconds = null,
    BrainChoice? Brain = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Template = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Model = null)
{
    /// <summary>Names of configured models, spread over the attempts in turn; <see langword="null"/> for <see cref="Model"/> alone. Not together with it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Models { get; init; }

    /// <summary>Whether the model's plan waits for a person's approval before files change. Needs the model brain. Default: no.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? ApprovePlan { get; init; }

    /// <summary>What one attempt of a model may use; <see langword="null"/> for the workers' defaults.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TaskLimits? Limits { get; init; }

    /// <summary>A change, an answer or a review; <see langword="null"/> for a change. A question has no test command, template or second attempt.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TaskKind? Kind { get; init; }

    /// <summary>What a review looks at: a branch, a tag, a commit or a full ref such as <c>refs/pull/7/head</c>. For reviews alone, which need it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? HeadRef { get; init; }
}

/// <summary>A task in a list.</summary>
public sealed record TaskSummary(
    Guid Id,
    string Title,
    string Repository,
    string BaseRef,
    TaskState State,
    string? Reason,
    string Brain,
    string? Stage,
    int CandidatesTried,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    int? PullRequestNumber,
    PullRequestState? PullRequestState)
{
    /// <summary>A change, an answer or a review.</summary>
    public TaskKind Kind { get; init; }
}

/// <summary>A task with everything but its events and command outputs.</summary>
public sealed record TaskDetail(
    TaskSummary Summary,
    string Prompt,
    string TestCommand,
    string? BaseCommit,
    string? HeadCommit,
    string? Branch,
    int TimeoutSeconds,
    string? ResultSummary,
    string? Patch,
    VerificationReport? Verification,
    PullRequestInfo? PullRequest,
    IReadOnlyList<AttemptInfo> Attempts,
    TaskUsage Usage,
    bool CancelRequested,
    long LastSeq,
    string? Template = null,
    string? Model = null)
{
    /// <summary>Whether plans wait for a person's approval.</summary>
    public bool ApprovePlan { get; init; }

    /// <summary>Whether a person asked to pause; attempts that still run are about to.</summary>
    public bool PauseRequested { get; init; }

    /// <summary>How many messages people have sent.</summary>
    public int MessageCount { get; init; }

    /// <summary>Plans that were proposed for approval since the last retry, by attempt.</summary>
    public IReadOnlyList<PlanInfo> Plans { get; init; } = [];

    /// <summary>The end of the newest round when it brought nothing new and the published change stands; else <see langword="null"/>.</summary>
    public RoundEnd? LastRound { get; init; }

    /// <summary>Every prompt, oldest first.</summary>
    public IReadOnlyList<TaskPromptInfo> Prompts { get; init; } = [];

    /// <summary>What the newest attempt may use, as far as the task says; what people added is included.</summary>
    public TaskLimits Limits { get; init; } = new();

    /// <summary>What the newest attempt has used, turns that it took over from an earlier one included.</summary>
    public TaskLimits Used { get; init; } = new();

    /// <summary>Name of the access token that submitted it.</summary>
    public string? SubmittedBy { get; init; }

    /// <summary>Markdown that answers the question; <see langword="null"/> before, and for a change.</summary>
    public string? Answer { get; init; }

    /// <summary>The places that <see cref="Answer"/> names, in their order.</summary>
    public IReadOnlyList<AnswerReference> References { get; init; } = [];

    /// <summary>What a review looks at, as it was submitted; <see langword="null"/> for other kinds.</summary>
    public string? HeadRef { get; init; }

    /// <summary>What a review came to; <see langword="null"/> before, and for other kinds.</summary>
    public ReviewResult? Review { get; init; }
}

/// <summary>One try at a task.</summary>
public sealed record AttemptInfo(
    Guid Id,
    int Number,
    AttemptState State,
    string? Reason,
    int Epoch,
    string? Worker,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    int CandidatesTried)
{
    /// <summary>The brain that worked on it; before it has a result, the one that was asked for.</summary>
    public string Brain { get; init; } = "";

    /// <summary>Name of the model that was asked for; <see langword="null"/> for the default one, or none.</summary>
    public string? Model { get; init; }

    /// <summary>Sampling temperature that the model is asked with; <see langword="null"/> before that, and for the repair brain.</summary>
    public double? Temperature { get; init; }

    /// <summary>Whether its patch is verified.</summary>
    public bool Verified { get; init; }

    /// <summary>Tests that pass with its patch; <see langword="null"/> when they were not run.</summary>
    public int? TestsPassed { get; init; }

    /// <summary>Tests that its patch breaks.</summary>
    public int? Regressions { get; init; }

    /// <summary>Tests that fail with and without its patch.</summary>
    public int? StillFailing { get; init; }

    /// <summary>Lines that its patch adds and removes.</summary>
    public int? PatchLines { get; init; }

    /// <summary>What it has used.</summary>
    public AttemptUsage? Usage { get; init; }

    /// <summary>1 for the best verified attempt of the newest round, and so on; <see langword="null"/> for all others.</summary>
    public int? Rank { get; init; }

    /// <summary>Whether its patch is the task's.</summary>
    public bool IsChosen { get; init; }

    /// <summary>Number of the prompt that it works on, which is its round's; 1 for the task itself.</summary>
    public int PromptNumber { get; init; } = 1;

    /// <summary>Commit that it starts from; its patch is relative to it.</summary>
    public string? BaseCommit { get; init; }

    /// <summary>Number of the attempt whose turns it took over.</summary>
    public int? Continues { get; init; }

    /// <summary>What ended its work before the brain was done; <see langword="null"/> when nothing did.</summary>
    public EarlyEnd? EarlyEnd { get; init; }

    /// <summary>Prompts and model that it was opened with; <see langword="null"/> when no model was asked.</summary>
    public AttemptPrompts? Prompts { get; init; }
}

/// <summary>Where an attempt is.</summary>
public enum AttemptState
{
    /// <summary>Waits for a worker.</summary>
    Queued,

    /// <summary>Claimed by a worker that holds the lease.</summary>
    Running,

    /// <summary>Waits for a person; holds no worker and no sandbox.</summary>
    Paused,

    /// <summary>Ended with a verified patch.</summary>
    Succeeded,

    /// <summary>Ended without a verified patch.</summary>
    NoChange,

    /// <summary>Ended by an error.</summary>
    Failed,

    /// <summary>Stopped by a person, also by one who took another attempt's patch.</summary>
    Cancelled,

    /// <summary>Stopped by its time budget.</summary>
    TimedOut,
}

/// <summary>What was measured.</summary>
public sealed record TaskUsage(
    double WallSeconds,
    double QueueSeconds,
    double SandboxReadySeconds,
    int Candidates,
    long InputTokens,
    long OutputTokens,
    long CachedInputTokens = 0,
    decimal Cost = 0);

/// <summary>The proof of a patch.</summary>
public sealed record VerificationReport(
    bool Verified,
    string Reason,
    IReadOnlyList<string> FailToPass,
    int PassToPass,
    IReadOnlyList<string> Broken,
    IReadOnlyList<string> StillFailing,
    IReadOnlyList<string> Flaky,
    IReadOnlyList<CommandReport> Commands)
{
    /// <summary>Files of tests and their settings that the patch changes. Empty in reports of versions that did not look.</summary>
    public IReadOnlyList<ChangedTestFile> ChangedTests { get; init; } = [];

    /// <summary>Those of <see cref="FailToPass"/> whose own file the patch changes.</summary>
    public IReadOnlyList<string> ChangedFailToPass { get; init; } = [];

    /// <summary>Tests that ran at the base commit and that the patch deletes or skips.</summary>
    public IReadOnlyList<string> RemovedTests { get; init; } = [];

    /// <summary>What programs tried to reach; <see langword="null"/> in reports of versions that did not look.</summary>
    public NetworkReport? Network { get; init; }
}

/// <summary>One recorded command. Its output is at <c>GET /api/tasks/{id}/evidence/{index}</c>.</summary>
public sealed record CommandReport(
    int Index,
    string Phase,
    string Command,
    int ExitCode,
    double Seconds,
    bool TimedOut,
    long OutputBytes);

/// <summary>One entry of a task's append-only event log.</summary>
/// <param name="Seq">1-based and gapless per task; the SSE event id.</param>
/// <param name="Type">One of <see cref="TaskEventTypes"/>.</param>
/// <param name="At">When, on the database's clock.</param>
/// <param name="Attempt">Attempt number, or <see langword="null"/> for task-level events.</param>
/// <param name="Message">One line for people.</param>
/// <param name="Data">Facts for programs; depends on the type.</param>
public sealed record TaskEventInfo(long Seq, string Type, DateTimeOffset At, int? Attempt, string Message, JsonElement? Data);

/// <summary>A page of a list.</summary>
/// <param name="Items">The entries, newest first.</param>
/// <param name="NextCursor">Pass as <c>cursor</c> for the next page; <see langword="null"/> at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);
