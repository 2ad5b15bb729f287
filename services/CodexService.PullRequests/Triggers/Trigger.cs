namespace CodexService.PullRequests.Triggers;

/// <summary>What somebody on GitHub asked for.</summary>
public enum TriggerCommand
{
    /// <summary>Work on the issue, or on what was said.</summary>
    Fix,

    /// <summary>Review the pull request.</summary>
    Review,

    /// <summary>Stop the work.</summary>
    Stop,

    /// <summary>Try again.</summary>
    Retry,

    /// <summary>Make a plan and wait for its approval.</summary>
    Plan,

    /// <summary>Go on with the pull request as a review says.</summary>
    FollowUp,

    /// <summary>Mend a failing check of our head.</summary>
    FixCheck,

    /// <summary>The pull request was merged or closed: end the task.</summary>
    End,

    /// <summary>The pull request was opened again.</summary>
    Reopen,

    /// <summary>The pull request has another head.</summary>
    Pushed,

    /// <summary>Go on with the plan that waits, or put what was held on the branch.</summary>
    Approve,

    /// <summary>The base branch of pull requests moved: look whether they still fit.</summary>
    BaseMoved,
}

/// <summary>What a delivery leads to.</summary>
public abstract record TriggerDecision
{
    private TriggerDecision()
    {
    }

    /// <summary>Nothing is done.</summary>
    /// <param name="Reason">One line for the list of deliveries.</param>
    public sealed record Ignored(string Reason) : TriggerDecision;

    /// <summary>Work, provided that the actor may write to the repository.</summary>
    /// <param name="Command">What to do.</param>
    /// <param name="Number">Issue or pull request.</param>
    /// <param name="Text">What was said, cleaned, as it was at that moment.</param>
    /// <param name="Key">The same for every delivery of the same event: what was handled once is not handled again.</param>
    public sealed record Wanted(TriggerCommand Command, int Number, string Text, string Key) : TriggerDecision
    {
        /// <summary>Who has to have write access; <see langword="null"/> for events of GitHub itself.</summary>
        public string? Actor { get; init; }

        /// <summary>Id of the actor's account, where the delivery tells it.</summary>
        public long? ActorId { get; init; }

        /// <summary>What lines for people are about: the same one is said once for it. <see langword="null"/> for <see cref="Key"/>.</summary>
        public string? Topic { get; init; }

        /// <summary>Login of ours that the issue was assigned to when it was reopened, where that starts work.</summary>
        public string? Assignee { get; init; }

        /// <summary>Comment that asks; <see langword="null"/> for labels, assignments, reviews and the text of an issue.</summary>
        public long? Comment { get; init; }

        /// <summary>What was said after the mention, without the lines it is about; <see langword="null"/> when nobody was mentioned.</summary>
        public string? Said { get; init; }

        /// <summary>Commit that a check is about.</summary>
        public string? HeadCommit { get; init; }
    }
}
