using CodexService.Contracts.Api;
using CodexService.Contracts.Messages;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.PullRequests;

namespace CodexService.Tasks;

/// <content>What happens to the pull request.</content>
public sealed partial class CodingTask
{
    /// <summary>Branch of its pull request, named before anything is made; <see langword="null"/> until then.</summary>
    public string? BranchName { get; private set; }

    /// <summary>Names the branch; the first name stays, whichever attempt is published.</summary>
    public void NameBranch(string name) => BranchName ??= name;

    /// <summary>Stores the opened pull request and ends the task as succeeded. Opening twice is harmless.</summary>
    public void OpenPullRequest(PullRequest opened, DateTimeOffset now)
    {
        if (PullRequest is not null && PullRequest.HeadCommit == opened.HeadCommit)
        {
            return;
        }

        if (State != TaskState.Publishing)
        {
            throw new TaskConflictException($"The task is {Words(State)}; a pull request can only be opened while publishing.");
        }

        PullRequest = opened;
        opened.PublishedAttemptId = WinningAttemptId;
        Append(
            TaskEventTypes.PullRequestOpened,
            null,
            $"Pull request #{opened.ShownNumber} opened: branch {opened.Branch}",
            new { number = opened.Number, branch = opened.Branch, head_commit = opened.HeadCommit, attempt = WinningNumber });
        Finish(TaskState.Succeeded, null, now);
    }

    /// <summary>Stores that the open pull request's branch has a new head, and ends the task as succeeded. Doing so twice is harmless.</summary>
    public void MovePullRequest(PullRequestHead moved, DateTimeOffset now)
    {
        if (State != TaskState.Publishing && PullRequest?.HeadCommit == moved.Commit)
        {
            return;
        }

        if (State != TaskState.Publishing)
        {
            throw new TaskConflictException($"The task is {Words(State)}; a pull request can only be updated while publishing.");
        }

        var pull = Pull(PullRequestState.Open, "updated");
        var previous = pull.HeadCommit;
        pull.MoveHead(moved);
        AddressReviews(pull);
        Append(
            TaskEventTypes.PullRequestUpdated,
            null,
            $"Pull request #{pull.ShownNumber} updated: {pull.Branch} is at {moved.Commit[..10]} now",
            new { number = pull.Number, branch = pull.Branch, head_commit = moved.Commit, previous_head = previous, attempt = WinningNumber });
        Finish(TaskState.Succeeded, null, now);
    }

    /// <summary>Ends a task whose verified patch could not be published; the patch stays with it.</summary>
    public void FailPublishing(string reason, DateTimeOffset now)
    {
        if (State == TaskState.Publishing)
        {
            Finish(TaskState.Failed, $"the patch is verified, but its pull request could not be {(PullRequest is null ? "opened" : "updated")}: {reason}", now);
        }
    }

    /// <summary>A person approved the pull request.</summary>
    /// <exception cref="TaskConflictException">It is not open.</exception>
    public void RequestMerge(DateTimeOffset now)
    {
        if (State == TaskState.Publishing && PullRequest is not null)
        {
            throw new TaskConflictException($"Pull request #{PullRequest.Number} is getting a new head right now; look at it and merge again.");
        }

        Pull(PullRequestState.Open, "merged").StartMerge(now);
        newMessages.Add(new MergePullRequest(PullRequest!.Id));
        Touch();
    }

    /// <summary>The branch is merged into its base.</summary>
    public void Merged(string mergeCommit, DateTimeOffset now)
    {
        Pull(PullRequestState.Merging, "merged").Merge(mergeCommit, now);
        Append(
            TaskEventTypes.PullRequestMerged,
            null,
            $"Pull request #{PullRequest!.ShownNumber} merged into {PullRequest.BaseRef}",
            new { number = PullRequest.Number, merge_commit = mergeCommit });
    }

    /// <summary>The merge was refused; the pull request is open again and says why.</summary>
    /// <param name="reason">Why, one line.</param>
    /// <param name="conflicts">Paths in conflict, if that is why.</param>
    public void RefuseMerge(string reason, IReadOnlyList<string>? conflicts = null)
    {
        Pull(PullRequestState.Merging, "refused").RefuseMerge(StorableText.Line(reason), conflicts ?? []);
        Append(TaskEventTypes.PullRequestMergeRefused, null, $"Merge refused: {reason}", new { number = PullRequest!.Number, reason });
    }

    /// <summary>A person closed the pull request without merging.</summary>
    /// <exception cref="TaskConflictException">It is not open.</exception>
    public void ClosePullRequest(DateTimeOffset now)
    {
        Pull(PullRequestState.Open, "closed").Close(now, isToldTheForge: false);
        Append(TaskEventTypes.PullRequestClosed, null, $"Pull request #{PullRequest!.ShownNumber} closed", new { number = PullRequest.Number });
    }

    private PullRequest Pull(PullRequestState expected, string verb) =>
        PullRequest is null
            ? throw new TaskConflictException("The task has no pull request.")
            : PullRequest.State == expected
                ? PullRequest
                : throw new TaskConflictException($"Pull request #{PullRequest.Number} cannot be {verb}: it is {PullRequest.State.ToString().ToLowerInvariant()}.");

    // A change of state that the log need not tell still has to reach the live views.
    private void Touch() => Append(TaskEventTypes.Progressed, null, $"Merging pull request #{PullRequest!.Number}", new { stage = "merge" });

    // Which attempt became the head: later rounds may be verified and never published.
    private int? WinningNumber => attempts.Find(attempt => attempt.Id == WinningAttemptId)?.Number;
}
