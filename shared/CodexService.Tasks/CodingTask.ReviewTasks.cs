using CodexService.Contracts.Api;
using CodexService.Contracts.Messages;

namespace CodexService.Tasks;

/// <content>A review of a change that somebody made. It ends like a question: nothing is published, but the review may be put on a pull request.</content>
public sealed partial class CodingTask
{
    /// <summary>What a review looks at: a branch, a commit or a full ref; <see langword="null"/> for other kinds.</summary>
    public string? HeadRef { get; private set; }

    /// <summary>Notes that the review stands on its pull request.</summary>
    public void ReviewIsPosted(string url) => Append(TaskEventTypes.ReviewPosted, null, $"The review stands on the pull request: {url}", new { url });

    /// <summary>Notes that the review cannot be put on its pull request.</summary>
    public void ReviewIsNotPosted(string reason) => Append(TaskEventTypes.ReviewNotPosted, null, $"The review was not put on the pull request: {reason}", new { reason });

    private void AnnounceReview()
    {
        if (Kind == TaskKind.Review)
        {
            newMessages.Add(new ReviewFinished(Id));
        }
    }

    private void RefuseFollowUpOfReview()
    {
        if (Kind == TaskKind.Review)
        {
            throw new TaskConflictException("A review has no follow-up; submit another review, which sees what has changed since.");
        }
    }
}
