using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.FollowUps;

/// <content>Which comments that asked have been shown a sign.</content>
public sealed partial class PendingFollowUps
{
    /// <summary>What was asked of a task in comments that have seen no sign yet, oldest first.</summary>
    public async Task<IReadOnlyList<AskingComment>> UnseenAsync(Guid taskId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var unseen = await db.PendingFollowUps
            .Where(f => f.TaskId == taskId && !f.IsSeen && (f.Kind == PendingKind.Feedback || f.Kind == PendingKind.Command))
            .OrderBy(f => f.Id).Select(f => new { f.Id, f.Key }).ToListAsync(cancellationToken);
        return [.. unseen.Select(one => Comment(one.Id, one.Key)).OfType<AskingComment>()];
    }

    /// <summary>Who asked has been shown a sign; it is shown no other.</summary>
    public async Task SeenAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.PendingFollowUps.Where(f => f.Id == id).ExecuteUpdateAsync(set => set.SetProperty(f => f.IsSeen, true), cancellationToken);
    }

    // comment:17, line:17:stop; a review takes no reaction.
    private static AskingComment? Comment(Guid id, string key) =>
        key.Split(':') is [("comment" or "line") and var kind, var number, ..] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var comment)
            ? new AskingComment(id, comment, kind == "line")
            : null;
}

/// <summary>A comment that asked for something.</summary>
/// <param name="FollowUpId">What it asked for.</param>
/// <param name="CommentId">GitHub's id of it.</param>
/// <param name="IsOnLine">Whether it is on a line of a pull request; those are numbered apart.</param>
public sealed record AskingComment(Guid FollowUpId, long CommentId, bool IsOnLine);
