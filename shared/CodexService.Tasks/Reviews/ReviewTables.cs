using CodexService.Contracts.Api;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.PullRequests;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.Reviews;

/// <summary>How reviews are stored, and what is stored with them when their task changes.</summary>
internal static class ReviewTables
{
    public static void Configure(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Review>(review =>
        {
            review.ToTable("reviews");
            review.Property(r => r.Id).ValueGeneratedNever();
            review.HasIndex(r => new { r.PullRequestId, r.ForgeId }).IsUnique();
            review.HasIndex(r => new { r.PullRequestId, r.IdempotencyKey }).IsUnique();
            review.HasOne<PullRequest>().WithMany().HasForeignKey(r => r.PullRequestId);
            review.HasMany(r => r.Comments).WithOne().HasForeignKey(c => c.ReviewId);
            review.Navigation(r => r.Comments).UsePropertyAccessMode(PropertyAccessMode.Field);
        });
        modelBuilder.Entity<ReviewComment>(comment =>
        {
            comment.ToTable("review_comments");
            comment.Property(c => c.Id).ValueGeneratedNever();
            comment.HasIndex(c => new { c.ReviewId, c.Position }).IsUnique();
        });
    }

    /// <summary>The reviews that a newly published prompt carries are addressed by the head, in the transaction that moved it.</summary>
    public static async Task AddressAsync(TasksDbContext db, CodingTask task, CancellationToken cancellationToken)
    {
        if (task is not { NewlyPublishedPrompt: { } prompt, PullRequest: { } pull })
        {
            return;
        }

        var carried = await db.Reviews.Include(review => review.Comments)
            .Where(review => review.PullRequestId == pull.Id && review.FollowUp == prompt)
            .ToListAsync(cancellationToken);
        carried.ForEach(review => review.Address(pull.HeadCommit));
    }

    /// <summary>Open comments of reviews that requested changes, by pull request; none has no entry.</summary>
    public static Task<Dictionary<Guid, int>> OpenCommentsAsync(TasksDbContext db, IReadOnlyList<Guid> pulls, CancellationToken cancellationToken) => db.Reviews
        .Where(review => pulls.Contains(review.PullRequestId) && review.Event == ReviewEvent.RequestChanges)
        .SelectMany(review => review.Comments, (review, comment) => new { review.PullRequestId, comment.State })
        .Where(comment => comment.State == ReviewCommentState.Open)
        .GroupBy(comment => comment.PullRequestId)
        .ToDictionaryAsync(group => group.Key, group => group.Count(), cancellationToken);
}
