using CodexService.Contracts.Api;
using CodexService.Tasks.PullRequests;

namespace CodexService.PullRequests.Reporting;

/// <summary>All that GitHub is told of a task, as it is at one moment. Texts of people, models, tests and patches are hostile.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="State">Where it is.</param>
internal sealed record TaskStanding(Guid TaskId, TaskState State)
{
    /// <summary>A change or an answer.</summary>
    public TaskKind Kind { get; init; }

    /// <summary>Login of who asked; empty when it was not asked for on GitHub.</summary>
    public string RequestedBy { get; init; } = "";

    /// <summary>Name that people mention the service by, without <c>@</c>.</summary>
    public string Mention { get; init; } = "codex";

    /// <summary>Where the dashboard shows the task; <see langword="null"/> when nobody told its public address.</summary>
    public Uri? Link { get; init; }

    /// <summary>Sequence number of the newest event.</summary>
    public long LastSeq { get; init; }

    /// <summary>Why it ended.</summary>
    public string? Reason { get; init; }

    /// <summary>The end of the newest round when it brought nothing new and the published change stands.</summary>
    public RoundEnd? LastRound { get; init; }

    /// <summary>How the newest round ended, whether or not an earlier change stands; <see cref="State"/> while it goes on.</summary>
    public TaskState Outcome => LastRound?.State ?? State;

    /// <summary>Stage of the attempt that reported last.</summary>
    public string? Stage { get; init; }

    /// <summary>Attempts of other tasks that wait for a worker before it.</summary>
    public int Ahead { get; init; }

    /// <summary>Number of the newest round's first attempt.</summary>
    public int Round { get; init; } = 1;

    /// <summary>Whether more than the task itself was asked for.</summary>
    public bool HasFollowUps { get; init; }

    /// <summary>Attempts of the newest round.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>From the round's first claim until now or its end; <see langword="null"/> before it.</summary>
    public TimeSpan? Elapsed { get; init; }

    /// <summary>Plans that wait for approval.</summary>
    public IReadOnlyList<WaitingPlan> Plans { get; init; } = [];

    /// <summary>What was found and done, or the answer; Markdown.</summary>
    public string? Summary { get; init; }

    /// <summary>The proof of the published patch.</summary>
    public VerificationReport? Verification { get; init; }

    /// <summary>Tests that prove the published patch and that failed when a later round ran them, twice, on the pull request's head as it is.</summary>
    public IReadOnlyList<string> FailingSince { get; init; } = [];

    /// <summary>Verified patches, the published one first and then the newest, when some of it waits for approval, changes tests or leaves some failing.</summary>
    public IReadOnlyList<string> Patches { get; init; } = [];

    /// <summary>The verified patch when it has nothing but held paths, so that no pull request shows it and a person has to apply it.</summary>
    public string? ByHand { get; init; }

    /// <summary>Where the review that was asked for is; <see langword="null"/> before it was posted, and for other tasks.</summary>
    public string? ReviewUrl { get; init; }

    /// <summary>Why the review could not be posted.</summary>
    public string? ReviewProblem { get; init; }

    /// <summary>The pull request.</summary>
    public ShownPullRequest? PullRequest { get; init; }

    /// <summary>What was asked before, oldest first.</summary>
    public IReadOnlyList<EndedRound> Earlier { get; init; } = [];

    /// <summary>Whether it has ended.</summary>
    public bool IsOver => Tasks.CodingTask.IsTerminalState(State);

    /// <summary>Where it is, as far as it matters to whether what GitHub refused is tried again.</summary>
    public string Milestone => $"{Round}:{Outcome}:{PullRequest?.State}:{PullRequest?.HeadCommit}";
}

/// <summary>A plan that waits for approval.</summary>
internal sealed record WaitingPlan(int Attempt, string Text);

/// <summary>A pull request as it is shown.</summary>
/// <param name="Number">Its number where it lives.</param>
/// <param name="Url">Its address for people; <see langword="null"/> when there is none that they could open.</param>
/// <param name="IsOnGitHub">Whether GitHub has it.</param>
/// <param name="Title">Title.</param>
/// <param name="Branch">Its branch.</param>
/// <param name="HeadCommit">The branch's commit.</param>
/// <param name="State">State.</param>
/// <param name="Held">Paths that wait for a person's approval.</param>
internal sealed record ShownPullRequest(
    int Number,
    string? Url,
    bool IsOnGitHub,
    string Title,
    string Branch,
    string HeadCommit,
    PullRequestState State,
    IReadOnlyList<string> Held)
{
    /// <summary>How the branch's commit stands to what the tests ran on.</summary>
    public HeadTree Tree { get; init; }

    /// <summary>Why the proof is not one of the branch's commit; <see langword="null"/> when it is.</summary>
    public string? Doubt => Tree switch
    {
        HeadTree.Verified => null,
        HeadTree.HeldLeftOut or HeadTree.MoreLeftOut when Held.Count == 0 => "the tests ran with held paths that this commit does not have: they are applied by hand",
        HeadTree.HeldLeftOut or HeadTree.MoreLeftOut => "the tests ran with held paths that this commit leaves out until a person approves them",
        HeadTree.HeldAdded => "held paths were added by approval that the tests did not run with",
        HeadTree.OnOthers => "the change was put on top of commits by others; they were not verified together",
        _ => "commits by others came on top; they were not verified together",
    };
}

/// <summary>An earlier round.</summary>
/// <param name="Prompt">What was asked.</param>
/// <param name="State">How its most telling attempt ended.</param>
/// <param name="Outcome">Why, one line.</param>
internal sealed record EndedRound(string Prompt, AttemptState State, string Outcome);
