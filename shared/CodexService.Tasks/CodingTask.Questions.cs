using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;

namespace CodexService.Tasks;

/// <content>A question ends with its answer: there is nothing to publish, and no message asks anybody to.</content>
public sealed partial class CodingTask
{
    /// <summary>The reason of a question that was answered.</summary>
    public const string Answered = "answered";

    /// <summary>A change, an answer or a review.</summary>
    public TaskKind Kind { get; private set; }

    private void Answer(Attempt attempt, DateTimeOffset now)
    {
        WinningAttemptId = attempt.Id;
        PauseRequested = false;
        Finish(TaskState.Succeeded, Kind == TaskKind.Review ? attempt.Reason : Answered, now);
        AnnounceReview();
    }
}
