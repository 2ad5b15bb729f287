using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Persistence;

namespace CodexService.Tasks;

/// <content>
/// What was verified and published stands, whatever a later round comes to: one that finds nothing, fails, is stopped or runs out of
/// its budget leaves the task with the change that is on its pull request, and tells its own end beside it.
/// </content>
public sealed partial class CodingTask
{
    /// <summary>
    /// How the newest round ended when it brought nothing new and the published change stands; <see langword="null"/> in all other cases. The
    /// database sees to that for processes of earlier versions, too.
    /// </summary>
    public TaskState? RoundState { get; private set; }

    /// <summary>Why it ended so; one line.</summary>
    public string? RoundReason { get; private set; }

    /// <summary>The verified attempt of that round that could not be published; <see langword="null"/> when there is none.</summary>
    public Guid? UnpublishedAttemptId { get; private set; }

    /// <summary>How the newest round ended, whether or not an earlier change stands; the task's state while it goes on.</summary>
    public TaskState Outcome => RoundState ?? State;

    /// <summary>The end of the newest round beside the change that stands; <see langword="null"/> when there is nothing to tell beside it.</summary>
    public RoundEnd? LastRound => RoundState is { } state ? new RoundEnd(NewestPrompt, state, RoundReason ?? "") : null;

    // Beside what stands of the newest round there is only one end: another pick of that round could not be published.
    private bool HasFailedPick => RoundState is not null && Round().Exists(attempt => attempt.Id == WinningAttemptId);

    private int NewestPrompt => Round().Select(attempt => attempt.PromptNumber).DefaultIfEmpty(1).Max();

    // The attempt whose change is on the pull request, when the task ends without putting another one there.
    private Attempt? Standing(TaskState end) => end == TaskState.Succeeded || PullRequest is not { PublishedAttemptId: { } published }
        ? null
        : attempts.Find(attempt => attempt.Id == published && attempt.Verified);

    private void EndRound(Attempt standing, TaskState end, string? reason)
    {
        UnpublishedAttemptId = WinningAttemptId is { } winner && winner != standing.Id ? winner : null;
        (RoundState, RoundReason) = (end, StorableText.Line(reason ?? ""));
        WinningAttemptId = standing.Id;
    }

    // The log has just told why an attempt ended; it need not say so again.
    private string TellRoundEnd() => Round().Exists(attempt => attempt.Reason == RoundReason) ? LastRound!.Headline : LastRound!.InWords();

    private void ForgetRoundEnd() => (RoundState, RoundReason, UnpublishedAttemptId) = (null, null, null);
}
