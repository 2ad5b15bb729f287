using CodexService.Contracts.Api;

namespace CodexService.Tasks.Attempts;

/// <summary>One try at a task. Changed only through <see cref="CodingTask"/>.</summary>
public sealed partial class Attempt
{
    internal Attempt(Guid taskId, int number, AttemptVariant variant)
    {
        Id = Guid.CreateVersion7();
        TaskId = taskId;
        Number = number;
        State = AttemptState.Queued;
        Brain = variant.Brain;
        Model = variant.Model;
    }

    private Attempt()
    {
    }

    /// <summary>Identity.</summary>
    public Guid Id { get; private set; }

    /// <summary>The task.</summary>
    public Guid TaskId { get; private set; }

    /// <summary>1-based within the task.</summary>
    public int Number { get; private set; }

    /// <summary>State.</summary>
    public AttemptState State { get; private set; }

    /// <summary>Why it ended; one line.</summary>
    public string? Reason { get; private set; }

    /// <summary>How often it was claimed; every write of a worker carries it (fencing token).</summary>
    public int Epoch { get; private set; }

    /// <summary>How many workers fell silent while they held it.</summary>
    public int LostWorkers { get; private set; }

    /// <summary>Who holds it.</summary>
    public string? Worker { get; private set; }

    /// <summary>Until when it is held, on the database's clock.</summary>
    public DateTimeOffset? LeaseUntil { get; private set; }

    /// <summary>When it was last claimed.</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; private set; }

    /// <summary>Candidate patches tried.</summary>
    public int CandidatesTried { get; private set; }

    /// <summary>Prompt tokens of all turns, cached ones included.</summary>
    public long InputTokens { get; private set; }

    /// <summary>Prompt tokens that came from a cache.</summary>
    public long CachedInputTokens { get; private set; }

    /// <summary>Answer tokens of all turns.</summary>
    public long OutputTokens { get; private set; }

    /// <summary>Price of all turns in the currency of the price table.</summary>
    public decimal Cost { get; private set; }

    /// <summary>Hash of the prompt files that it was opened with; <see langword="null"/> when no model was asked.</summary>
    public string? PromptHash { get; private set; }

    /// <summary>Version of those files.</summary>
    public int? PromptVersion { get; private set; }

    /// <summary>Configured name of the model that it was opened for.</summary>
    public string? PromptModel { get; private set; }

    /// <summary>From the claim until the sandbox accepted its first command.</summary>
    public TimeSpan? SandboxReady { get; private set; }

    /// <summary>Working time that earlier claims used before they were parked; waiting for people does not count.</summary>
    public TimeSpan UsedTime { get; private set; }

    /// <summary>The plan that was proposed for approval, or approved in its place; <see langword="null"/> before there was one.</summary>
    public string? Plan { get; private set; }

    /// <summary>Where <see cref="Plan"/> is.</summary>
    public PlanState? PlanState { get; private set; }

    /// <summary>How often a plan was proposed.</summary>
    public int PlanRevision { get; private set; }

    internal void Claim(string worker, DateTimeOffset now, DateTimeOffset leaseUntil)
    {
        Epoch++;
        State = AttemptState.Running;
        Worker = worker;
        StartedAt = now;
        LeaseUntil = leaseUntil;
        CandidatesTried = 0;
    }

    internal void LoseWorker() => LostWorkers++;

    internal void Requeue()
    {
        State = AttemptState.Queued;
        Worker = null;
        LeaseUntil = null;
    }

    internal void Park()
    {
        State = AttemptState.Paused;
        Worker = null;
        LeaseUntil = null;
    }

    internal void Use(TimeSpan time) => UsedTime = time;

    internal void Propose(string plan)
    {
        Plan = plan;
        PlanState = Contracts.Api.PlanState.Waiting;
        PlanRevision++;
    }

    internal void RevisePlan() => PlanState = Contracts.Api.PlanState.Revising;

    internal void ApprovePlan(string plan)
    {
        Plan = plan;
        PlanState = Contracts.Api.PlanState.Approved;
    }

    internal void Count(int candidates) => CandidatesTried = candidates;

    internal void Count(TokenUsage usage)
    {
        InputTokens = usage.InputTokens;
        CachedInputTokens = usage.CachedInputTokens;
        OutputTokens = usage.OutputTokens;
        Cost = usage.Cost;
    }

    internal void SandboxWasReady(TimeSpan elapsed) => SandboxReady = elapsed;

    internal void Finish(AttemptState state, string reason, DateTimeOffset now)
    {
        State = state;
        Reason = reason;
        LeaseUntil = null;
        FinishedAt = now;
    }
}
