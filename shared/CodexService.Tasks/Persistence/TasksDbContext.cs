using System.Text.Json;
using CodexService.Tasks.AccessTokens;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Budgets;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.Events;
using CodexService.Tasks.FollowUps;
using CodexService.Tasks.GitHubLink;
using CodexService.Tasks.Origins;
using CodexService.Tasks.Outbox;
using CodexService.Tasks.PullRequests;
using CodexService.Tasks.Reports;
using CodexService.Tasks.ReviewPosts;
using CodexService.Tasks.Reviews;
using CodexService.Tasks.Rounds;
using CodexService.Tasks.Steering;
using CodexService.Tasks.Turns;
using CodexService.Tasks.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CodexService.Tasks.Persistence;

/// <summary>The service's state in PostgreSQL. Tables and columns are snake_case; enums are stored as text.</summary>
public sealed class TasksDbContext(DbContextOptions<TasksDbContext> options) : DbContext(options)
{
    /// <summary>Tasks.</summary>
    public DbSet<CodingTask> Tasks => Set<CodingTask>();

    /// <summary>Attempts.</summary>
    public DbSet<Attempt> Attempts => Set<Attempt>();

    /// <summary>Patches and proofs.</summary>
    public DbSet<AttemptResult> AttemptResults => Set<AttemptResult>();

    /// <summary>Outputs of recorded commands.</summary>
    public DbSet<EvidenceEntry> Evidence => Set<EvidenceEntry>();

    /// <summary>Turns of model brains.</summary>
    public DbSet<AttemptTurn> AttemptTurns => Set<AttemptTurn>();

    /// <summary>What people said to running tasks.</summary>
    public DbSet<TaskMessage> TaskMessages => Set<TaskMessage>();

    /// <summary>Prompts of follow-ups.</summary>
    public DbSet<TaskPrompt> TaskPrompts => Set<TaskPrompt>();

    /// <summary>What counts against budgets.</summary>
    public DbSet<UsageEntry> UsageEntries => Set<UsageEntry>();

    /// <summary>The event log.</summary>
    public DbSet<TaskEvent> TaskEvents => Set<TaskEvent>();

    /// <summary>Pull requests.</summary>
    public DbSet<PullRequest> PullRequests => Set<PullRequest>();

    /// <summary>Where tasks of GitHub came from.</summary>
    public DbSet<TaskOrigin> TaskOrigins => Set<TaskOrigin>();

    /// <summary>What GitHub was shown of tasks.</summary>
    public DbSet<GitHubReport> GitHubReports => Set<GitHubReport>();

    /// <summary>Answers in review threads on GitHub.</summary>
    public DbSet<ThreadAnswer> ThreadAnswers => Set<ThreadAnswer>();

    /// <summary>Deliveries of GitHub's webhooks.</summary>
    public DbSet<Delivery> Deliveries => Set<Delivery>();

    /// <summary>What deliveries asked for and is done once.</summary>
    public DbSet<HandledTrigger> HandledTriggers => Set<HandledTrigger>();

    /// <summary>When work on issues and pull requests was stopped last.</summary>
    public DbSet<StopSaid> Stops => Set<StopSaid>();

    /// <summary>Repositories that the App is or was installed on.</summary>
    public DbSet<InstalledRepository> InstalledRepositories => Set<InstalledRepository>();

    /// <summary>What people and checks ask of tasks and has not become a round yet, or did.</summary>
    public DbSet<PendingFollowUp> PendingFollowUps => Set<PendingFollowUp>();

    /// <summary>Where reviews stand on GitHub.</summary>
    public DbSet<ReviewPost> ReviewPosts => Set<ReviewPost>();

    /// <summary>How the service stands with GitHub.</summary>
    public DbSet<LinkRow> GitHubConnection => Set<LinkRow>();

    /// <summary>Secret of webhooks.</summary>
    public DbSet<WebhookSecretRow> WebhookSecret => Set<WebhookSecretRow>();

    /// <summary>Apps that are being made.</summary>
    public DbSet<ManifestRow> GitHubManifests => Set<ManifestRow>();

    /// <summary>What starts work in which repository.</summary>
    public DbSet<TriggersRow> RepositoryTriggers => Set<TriggersRow>();

    /// <summary>Reviews of pull requests.</summary>
    public DbSet<Review> Reviews => Set<Review>();

    /// <summary>Workers that are or were up.</summary>
    public DbSet<WorkerRow> Workers => Set<WorkerRow>();

    /// <summary>Messages for the broker.</summary>
    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();

    /// <summary>API tokens.</summary>
    public DbSet<AccessToken> AccessTokens => Set<AccessToken>();

    /// <summary>Browsers that signed in.</summary>
    public DbSet<BrowserSession> BrowserSessions => Set<BrowserSession>();

    /// <inheritdoc />
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<Enum>().HaveConversion<string>();
    }

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<CodingTask>(ConfigureTask);
        modelBuilder.Entity<Attempt>(attempt =>
        {
            attempt.ToTable("attempts");
            attempt.Property(a => a.Id).ValueGeneratedNever();
            attempt.HasIndex(a => new { a.TaskId, a.Number }).IsUnique();
            attempt.Ignore(a => a.Variant);
            attempt.Ignore(a => a.IsActive);
        });
        modelBuilder.Entity<AttemptResult>(result =>
        {
            result.ToTable("attempt_results").HasKey(r => r.AttemptId);
            result.Property(r => r.Verification).HasColumnType("jsonb");
            result.Property(r => r.AnswerReferences).HasColumnType("jsonb");
            result.Property(r => r.Review).HasColumnType("jsonb");
            result.HasOne<Attempt>().WithOne().HasForeignKey<AttemptResult>(r => r.AttemptId);
        });
        modelBuilder.Entity<EvidenceEntry>(entry =>
        {
            entry.ToTable("evidence").HasKey(e => new { e.AttemptId, e.Position });
            entry.HasOne<Attempt>().WithMany().HasForeignKey(e => e.AttemptId);
        });
        modelBuilder.Entity<AttemptTurn>(turn =>
        {
            turn.ToTable("attempt_turns").HasKey(t => new { t.AttemptId, t.Number });
            turn.HasOne<Attempt>().WithMany().HasForeignKey(t => t.AttemptId);
        });
        modelBuilder.Entity<TaskMessage>(message =>
        {
            message.ToTable("task_messages").HasKey(m => new { m.TaskId, m.Number });
            message.HasOne<CodingTask>().WithMany().HasForeignKey(m => m.TaskId);
        });
        modelBuilder.Entity<TaskPrompt>(prompt =>
        {
            prompt.ToTable("task_prompts").HasKey(p => new { p.TaskId, p.Number });
            prompt.Property(p => p.Number).ValueGeneratedNever();
            prompt.Property(p => p.At).HasDefaultValueSql("clock_timestamp()");
            TaskPromptTables.Configure(prompt);
            prompt.HasOne<CodingTask>().WithMany().HasForeignKey(p => p.TaskId);
        });
        modelBuilder.Entity<UsageEntry>(entry =>
        {
            entry.ToTable("usage_entries").HasKey(e => new { e.AttemptId, e.Source });
            entry.Property(e => e.At).HasDefaultValueSql("clock_timestamp()");
            entry.HasOne<Attempt>().WithMany().HasForeignKey(e => e.AttemptId);
        });
        modelBuilder.Entity<TaskEvent>(entry =>
        {
            entry.ToTable("task_events").HasKey(e => new { e.TaskId, e.Seq });
            entry.Property(e => e.Seq).ValueGeneratedNever();
            entry.Property(e => e.Data).HasColumnType("jsonb");
            entry.Property(e => e.At).HasDefaultValueSql("clock_timestamp()");
            entry.HasOne<CodingTask>().WithMany().HasForeignKey(e => e.TaskId);
        });
        modelBuilder.Entity<PullRequest>(pull =>
        {
            pull.ToTable("pull_requests");
            pull.Property(p => p.Id).ValueGeneratedNever();
            pull.HasIndex(p => p.Number).IsUnique();
            pull.HasIndex(p => new { p.RepositoryId, p.ForgeNumber }).IsUnique();
            pull.HasIndex(p => new { p.Repository, p.ForgeNumber });
            pull.Ignore(p => p.ShownNumber);
            ConfigurePaths(pull.Property(p => p.HeldForApproval));
            ConfigurePaths(pull.Property(p => p.Conflicts));
            pull.Property(p => p.CreatedAt).HasDefaultValueSql("clock_timestamp()");
        });
        modelBuilder.Entity<TaskOrigin>(origin =>
        {
            origin.ToTable("task_origins").HasKey(o => o.TaskId);
            origin.HasOne<CodingTask>().WithOne().HasForeignKey<TaskOrigin>(o => o.TaskId);
            origin.HasIndex(o => new { o.Number, o.Repository });
            origin.HasIndex(o => o.RepositoryId);
        });
        modelBuilder.Entity<GitHubReport>(report =>
        {
            report.ToTable("github_reports").HasKey(r => r.TaskId);
            report.Property(r => r.Labeled).HasDefaultValue(false);
            report.Property(r => r.ReviewerAsked).HasDefaultValue(false);
            report.HasOne<CodingTask>().WithOne().HasForeignKey<GitHubReport>(r => r.TaskId);

            // For processes of an earlier version alone, while an upgrade rolls out: signs are no part of a report any more.
            report.Property<bool?>("Reacted").IsRequired().HasDefaultValueSql("true");
        });
        modelBuilder.Entity<ThreadAnswer>(answer =>
        {
            answer.ToTable("thread_answers").HasKey(a => new { a.CommentId, a.About });
            answer.HasOne<ReviewComment>().WithMany().HasForeignKey(a => a.CommentId);
        });
        modelBuilder.Entity<ReviewPost>(post =>
        {
            post.ToTable("review_posts").HasKey(p => p.TaskId);
            post.Ignore(p => p.IsSettled);
            post.HasOne<CodingTask>().WithOne().HasForeignKey<ReviewPost>(p => p.TaskId);
        });
        modelBuilder.Entity<Delivery>(delivery =>
        {
            delivery.ToTable("deliveries").HasKey(d => d.Id);
            delivery.Property(d => d.ReceivedAt).HasDefaultValueSql("clock_timestamp()");
            delivery.HasIndex(d => d.ReceivedAt);
            delivery.HasOne<CodingTask>().WithMany().HasForeignKey(d => d.TaskId);
        });
        modelBuilder.Entity<HandledTrigger>(trigger =>
        {
            trigger.ToTable("handled_triggers").HasKey(t => new { t.RepositoryId, t.Key });
            trigger.Property(t => t.At).HasDefaultValueSql("clock_timestamp()");
            trigger.HasIndex(t => t.DeliveryId);
        });
        modelBuilder.Entity<StopSaid>(stop => stop.ToTable("stops").HasKey(s => new { s.RepositoryId, s.Number }));
        modelBuilder.Entity<InstalledRepository>(row =>
        {
            row.ToTable("installed_repositories").HasKey(r => r.RepositoryId);
            row.Property(r => r.RepositoryId).ValueGeneratedNever();
            row.HasIndex(r => r.Repository);
            row.HasIndex(r => r.InstallationId);
        });
        PendingFollowUpTables.Configure(modelBuilder);
        modelBuilder.Entity<LinkRow>(row =>
        {
            row.ToTable("github_connection").Property(r => r.Id).ValueGeneratedNever();
            row.Property(r => r.CheckedAt).HasDefaultValueSql("clock_timestamp()");
            row.Property(r => r.ProblemPasses).HasDefaultValue(false);
        });
        modelBuilder.Entity<WebhookSecretRow>(row => row.ToTable("webhook_secret").Property(r => r.Id).ValueGeneratedNever());
        modelBuilder.Entity<ManifestRow>(row =>
        {
            row.ToTable("github_manifests").HasKey(r => r.State);
            row.Property(r => r.CreatedAt).HasDefaultValueSql("clock_timestamp()");
        });
        modelBuilder.Entity<TriggersRow>(row =>
        {
            row.ToTable("repository_triggers").HasKey(r => r.Repository);
            row.Property(r => r.Settings).HasColumnType("jsonb");
        });
        modelBuilder.Entity<WorkerRow>(worker =>
        {
            worker.ToTable("workers").HasKey(w => w.Name);
            worker.Property(w => w.SeenAt).HasDefaultValueSql("clock_timestamp()");
        });
        modelBuilder.Entity<OutboxMessage>(message =>
        {
            message.ToTable("outbox");
            message.Property(m => m.Body).HasColumnType("jsonb");
            message.Property(m => m.CreatedAt).HasDefaultValueSql("clock_timestamp()");
        });
        modelBuilder.Entity<AccessToken>(token =>
        {
            token.ToTable("access_tokens");
            token.Property(t => t.Id).ValueGeneratedNever();
            token.HasIndex(t => t.Hash).IsUnique();
            token.Property(t => t.CreatedAt).HasDefaultValueSql("clock_timestamp()");
        });
        modelBuilder.Entity<BrowserSession>(session =>
        {
            session.ToTable("browser_sessions").HasKey(s => s.Hash);
            session.HasOne<AccessToken>().WithMany().HasForeignKey(s => s.TokenId);
            session.Property(s => s.CreatedAt).HasDefaultValueSql("clock_timestamp()");
        });
        ReviewTables.Configure(modelBuilder);
        SnakeCaseColumns.Apply(modelBuilder);
    }

    private static void ConfigurePaths(PropertyBuilder<IReadOnlyList<string>> paths) => paths
        .HasColumnType("jsonb")
        .HasConversion(
            list => JsonSerializer.Serialize(list, JsonSerializerOptions.Default),
            json => JsonSerializer.Deserialize<List<string>>(json, JsonSerializerOptions.Default) ?? new List<string>(),
            new ValueComparer<IReadOnlyList<string>>(
                (left, right) => left!.SequenceEqual(right!),
                list => list.Count,
                list => list));

    private static void ConfigureTask(EntityTypeBuilder<CodingTask> task)
    {
        task.ToTable("tasks");
        task.Property(t => t.Id).ValueGeneratedNever();
        task.Property(t => t.CreatedAt).HasDefaultValueSql("clock_timestamp()");
        task.HasIndex(t => t.IdempotencyKey).IsUnique();
        task.HasIndex(t => new { t.CreatedAt, t.Id });
        task.HasMany(t => t.Attempts).WithOne().HasForeignKey(a => a.TaskId);
        task.Navigation(t => t.Attempts).UsePropertyAccessMode(PropertyAccessMode.Field);
        task.HasOne(t => t.PullRequest).WithOne().HasForeignKey<PullRequest>(p => p.TaskId);
        task.Ignore(t => t.IsTerminal);
        task.Ignore(t => t.NewEvents);
        task.Ignore(t => t.NewMessages);
        task.Ignore(t => t.NewUsage);
        task.Ignore(t => t.NewlyPublishedPrompt);
        task.Ignore(t => t.FailedResolutions);
    }
}
