using CodexService.Contracts.Api;
using CodexService.Tasks.Conflicts;
using CodexService.Tasks.PullRequests;
using CodexService.Tasks.Reviews;
using CodexService.Tasks.Rounds;

namespace CodexService.Tasks;

/// <content>Conflicts of the pull request with its base branch.</content>
public sealed partial class CodingTask
{
    /// <summary>How many rounds in a row may fail to resolve conflicts before a person is asked.</summary>
    public const int MostFailedResolutions = 3;

    private const int MostNamed = 5;

    /// <summary>How many rounds in a row, the newest first, were to resolve conflicts and did not.</summary>
    public int FailedResolutions => attempts
        .Where(attempt => attempt.MergedCommit is not null)
        .GroupBy(attempt => attempt.PromptNumber)
        .OrderByDescending(round => round.Key)
        .TakeWhile(round => !round.Any(attempt => attempt.Verified))
        .Count();

    /// <summary>Whether a round merged this commit of the base already, whatever came of it.</summary>
    public bool HasMerged(string baseCommit) => attempts.Exists(attempt => attempt.MergedCommit == baseCommit);

    /// <summary>A person asks to resolve the conflicts; whether there are any is looked at afterwards.</summary>
    /// <exception cref="TaskConflictException">There is no open pull request.</exception>
    public void AskForResolution()
    {
        RefuseFollowUpOfReview();
        if (PullRequest is null)
        {
            throw new TaskConflictException("The task has no pull request, so there is nothing that could be in conflict.");
        }

        RequireOpenPullRequest("resolving conflicts");
        Append(TaskEventTypes.ConflictResolutionRequested, null, $"A person asked to resolve the conflicts of pull request #{PullRequest.ShownNumber} with {PullRequest.BaseRef}", new { number = PullRequest.Number });
    }

    /// <summary>Nothing is done about conflicts.</summary>
    /// <param name="reason">Why, one line.</param>
    /// <param name="paths">What is in conflict; empty when nothing is.</param>
    public void DeclineResolution(string reason, IReadOnlyList<string> paths)
    {
        if (PullRequest is not { } pull)
        {
            return;
        }

        pull.ConflictsIn(paths);
        Append(TaskEventTypes.ConflictResolutionDeclined, null, $"Conflicts of pull request #{pull.ShownNumber}: {reason}", new { number = pull.Number, reason });
    }

    /// <summary>Begins the round that resolves the conflicts: on top of the pull request's head, with the base branch's commit as second parent.</summary>
    /// <exception cref="TaskConflictException">The task has not ended, or the pull request has another head or is no longer open.</exception>
    internal TaskPrompt ResolveConflicts(FoundConflicts found, string? user, RoundHistory history)
    {
        if (PullRequest is not { } pull || pull.HeadCommit != found.Head)
        {
            throw new TaskConflictException("The pull request has another head by now.");
        }

        var prompt = FollowUp(found.Prompt, testCommand: null, user, history);
        foreach (var attempt in Round())
        {
            attempt.Merges(found.BaseTip);
        }

        pull.ConflictsIn(found.Paths);
        Append(
            TaskEventTypes.ConflictsFound,
            null,
            $"Pull request #{pull.ShownNumber} conflicts with {pull.BaseRef} in {Named(found.Paths)}",
            new { number = pull.Number, base_commit = found.BaseTip, paths = found.Paths });
        return prompt;
    }

    private static string Named(IReadOnlyList<string> paths) =>
        string.Join(", ", paths.Take(MostNamed).Select(path => VisibleText.Line(path, 200))) + (paths.Count > MostNamed ? $" and {paths.Count - MostNamed} more" : "");
}
