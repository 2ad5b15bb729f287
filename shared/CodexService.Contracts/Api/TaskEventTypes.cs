namespace CodexService.Contracts.Api;

/// <summary>The types of the event log, past tense.</summary>
public static class TaskEventTypes
{
    /// <summary>A person submitted the task.</summary>
    public const string TaskSubmitted = "task_submitted";

    /// <summary>An attempt waits for a worker.</summary>
    public const string AttemptQueued = "attempt_queued";

    /// <summary>A worker claimed an attempt. Data: <c>worker</c>, <c>epoch</c>.</summary>
    public const string AttemptClaimed = "attempt_claimed";

    /// <summary>The attempt entered a stage. Data: <c>stage</c> (checkout, sandbox, reproduce, localize, search, export, verify), <c>candidates</c>.</summary>
    public const string StageStarted = "stage_started";

    /// <summary>Progress within a stage, at most a few a second. Data: <c>stage</c>, <c>candidates</c>.</summary>
    public const string Progressed = "progressed";

    /// <summary>A model has answered and its tool calls have run.</summary>
    public const string TurnFinished = "turn_finished";

    /// <summary>A command of the verification ended. Data: <c>phase</c>, <c>command</c>, <c>exit_code</c>, <c>seconds</c>.</summary>
    public const string CommandFinished = "command_finished";

    /// <summary>
    /// Programs in a sandbox tried to reach something; there is no network. Data: <c>phase</c> (<c>work</c>, <c>before</c>,
    /// <c>after</c>), <c>command</c> where known, <c>names</c> (<see cref="BlockedName"/>), <c>other_lookups</c>, <c>addresses</c>.
    /// </summary>
    public const string NetworkBlocked = "network_blocked";

    /// <summary>The patch was verified. Data: <c>fail_to_pass</c>, <c>pass_to_pass</c>, <c>changed_tests</c>, <c>removed_tests</c>.</summary>
    public const string PatchVerified = "patch_verified";

    /// <summary>The patch was refuted. Data: <c>reason</c>.</summary>
    public const string PatchRefuted = "patch_refuted";

    /// <summary>A question was answered. Data: <c>references</c>, <c>missing</c> (those that the base commit does not have).</summary>
    public const string QuestionAnswered = "question_answered";

    /// <summary>A change was reviewed. Data: <c>comments</c>, <c>blockers</c>, <c>left_out</c>, <c>read_by_model</c>, <c>newly_failing</c>.</summary>
    public const string ChangeReviewed = "change_reviewed";

    /// <summary>The review stands on the pull request. Data: <c>url</c>.</summary>
    public const string ReviewPosted = "review_posted";

    /// <summary>The review could not be put on the pull request. Data: <c>reason</c>.</summary>
    public const string ReviewNotPosted = "review_not_posted";

    /// <summary>An attempt ended. Data: <c>state</c>, <c>reason</c>.</summary>
    public const string AttemptFinished = "attempt_finished";

    /// <summary>One of several attempts was chosen. Data: <c>by</c> (ranking, person), <c>tests_passed</c>, <c>regressions</c>, <c>patch_lines</c>.</summary>
    public const string AttemptChosen = "attempt_chosen";

    /// <summary>A stuck attempt went back to the queue. Data: <c>epoch</c>.</summary>
    public const string AttemptRescued = "attempt_rescued";

    /// <summary>A person asked to stop, or the pull request was merged or closed on its forge.</summary>
    public const string CancelRequested = "cancel_requested";

    /// <summary>A person asked to pause.</summary>
    public const string PauseRequested = "pause_requested";

    /// <summary>The work cannot be paused and goes on. Data: <c>reason</c>.</summary>
    public const string PauseRefused = "pause_refused";

    /// <summary>The attempt is paused and holds neither worker nor sandbox.</summary>
    public const string Paused = "paused";

    /// <summary>A person asked to go on.</summary>
    public const string Resumed = "resumed";

    /// <summary>A person sent a message. Data: <c>number</c>.</summary>
    public const string MessageSent = "message_sent";

    /// <summary>The attempt waits for the approval of its plan. Data: <c>plan</c>, <c>revision</c>.</summary>
    public const string PlanProposed = "plan_proposed";

    /// <summary>A person approved a plan. Data: <c>plan</c>, <c>revision</c>, <c>edited</c>.</summary>
    public const string PlanApproved = "plan_approved";

    /// <summary>A person asked for another attempt.</summary>
    public const string TaskRetried = "task_retried";

    /// <summary>A person asked for more work on top of what was done. Data: <c>number</c>, <c>base_commit</c>.</summary>
    public const string FollowUpRequested = "follow_up_requested";

    /// <summary>A person added to the limits of an attempt that ended early. Data: <c>attempt</c>, <c>turns</c>, <c>tokens</c>, <c>cost</c>, <c>seconds</c>.</summary>
    public const string BudgetAdded = "budget_added";

    /// <summary>The pull request's branch got a new head. Data: <c>number</c>, <c>branch</c>, <c>head_commit</c>, <c>previous_head</c>.</summary>
    public const string PullRequestUpdated = "pull_request_updated";

    /// <summary>The pull request was opened. Data: <c>number</c>, <c>branch</c>, <c>head_commit</c>.</summary>
    public const string PullRequestOpened = "pull_request_opened";

    /// <summary>A review of the pull request came in. Data: <c>number</c>, <c>review</c>, <c>event</c>, <c>comments</c>, <c>round</c>.</summary>
    public const string ReviewSubmitted = "review_submitted";

    /// <summary>The pull request was merged. Data: <c>number</c>, <c>merge_commit</c>.</summary>
    public const string PullRequestMerged = "pull_request_merged";

    /// <summary>The merge was refused. Data: <c>number</c>, <c>reason</c>.</summary>
    public const string PullRequestMergeRefused = "pull_request_merge_refused";

    /// <summary>The pull request was closed unmerged. Data: <c>number</c>.</summary>
    public const string PullRequestClosed = "pull_request_closed";

    /// <summary>The pull request is open again. Data: <c>number</c>, <c>by</c>.</summary>
    public const string PullRequestReopened = "pull_request_reopened";

    /// <summary>Somebody else pushed to the pull request's branch. Data: <c>number</c>, <c>by</c>, <c>head_commit</c>, <c>previous_head</c>.</summary>
    public const string PullRequestPushed = "pull_request_pushed";

    /// <summary>A person approved the paths that were held. Data: <c>number</c>, <c>by</c>, <c>paths</c>, <c>by_hand</c> (those that a person has to apply), <c>head_commit</c>.</summary>
    public const string HeldPathsApproved = "held_paths_approved";

    /// <summary>A person asked to resolve the conflicts with the base branch. Data: <c>number</c>.</summary>
    public const string ConflictResolutionRequested = "conflict_resolution_requested";

    /// <summary>Nothing is done about conflicts: there are none, or a person has to. Data: <c>number</c>, <c>reason</c>.</summary>
    public const string ConflictResolutionDeclined = "conflict_resolution_declined";

    /// <summary>The pull request is in conflict with its base branch, and a follow-up resolves it. Data: <c>number</c>, <c>base_commit</c>, <c>paths</c>.</summary>
    public const string ConflictsFound = "conflicts_found";

    /// <summary>Something that was asked of the task on its forge came to nothing, or its pull request cannot be seen there any more. Data: <c>reason</c>.</summary>
    public const string GivenUp = "given_up";

    /// <summary>The task reached a terminal state. Data: <c>state</c>, <c>reason</c>.</summary>
    public const string TaskFinished = "task_finished";
}
