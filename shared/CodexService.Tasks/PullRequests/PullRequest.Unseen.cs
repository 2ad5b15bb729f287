namespace CodexService.Tasks.PullRequests;

/// <content>What its forge does not show any more: the repository was deleted, or taken from the credentials.</content>
public sealed partial class PullRequest
{
    /// <summary>How long the forge is asked for one that it does not show.</summary>
    public static readonly TimeSpan UnseenPatience = TimeSpan.FromDays(30);

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    /// <summary>Since when its forge has not shown it, on the service's clock; <see langword="null"/> while it does.</summary>
    public DateTimeOffset? UnseenSince { get; private set; }

    /// <summary>When its forge is asked for it again, on the service's clock; <see langword="null"/> for as usual, and for no more once it has been unseen for too long.</summary>
    public DateTimeOffset? NextLookAt { get; private set; }

    // The pauses double: each is as long as it has been unseen.
    internal void NotSeen(DateTimeOffset now)
    {
        UnseenSince ??= now;
        var unseen = now - UnseenSince.Value;
        var pause = unseen < ShortestPause ? ShortestPause : unseen < LongestPause ? unseen : LongestPause;
        NextLookAt = unseen < UnseenPatience ? now + pause : null;
    }

    internal void Seen() => (UnseenSince, NextLookAt) = (null, null);
}
