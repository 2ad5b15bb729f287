using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.FollowUps;

/// <summary>How pending follow-ups are stored.</summary>
internal static class PendingFollowUpTables
{
    public static void Configure(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<PendingFollowUp>(pending =>
        {
            pending.ToTable("pending_follow_ups");
            pending.Property(p => p.Id).ValueGeneratedNever();
            pending.Property(p => p.Content).HasColumnType("jsonb");
            pending.Property(p => p.CreatedAt).HasDefaultValueSql("clock_timestamp()");

            // For processes of an earlier version alone, while an upgrade rolls out: signs are shown before anything is stored.
            pending.Property<bool?>("IsSeen").IsRequired().HasDefaultValueSql("true");
            pending.HasIndex(p => new { p.Repository, p.Key }).IsUnique();
            pending.HasOne<CodingTask>().WithMany().HasForeignKey(p => p.TaskId);
        });
        modelBuilder.Entity<ClaimedComment>(claimed =>
        {
            claimed.ToTable("claimed_comments").HasKey(c => new { c.Repository, c.CommentId });
            claimed.HasOne<PendingFollowUp>().WithMany().HasForeignKey(c => c.FollowUpId);
        });
    }
}

/// <summary>A comment on a line, and the one follow-up that carries it: it may come with a review and as a mention of its own.</summary>
internal sealed class ClaimedComment
{
    public required string Repository { get; init; }

    public required long CommentId { get; init; }

    public required Guid FollowUpId { get; init; }
}
