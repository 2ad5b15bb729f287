using System.Security.Cryptography;
using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.Contracts.Messages;
using CodexService.Tasks.Events;
using CodexService.Tasks.Outbox;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.GitHubLink;

/// <summary>What API and pull-request service tell each other about GitHub; never credentials. Thread-safe.</summary>
public sealed partial class GitHubLinks(IDbContextFactory<TasksDbContext> contexts, TaskChangeSignal changes)
{
    private static readonly TimeSpan ManifestLife = TimeSpan.FromHours(1);

    /// <summary>How the pull-request service stands with GitHub; <see langword="null"/> when it has no credentials.</summary>
    public async Task<GitHubConnectionInfo?> FindAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.GitHubConnection.AsNoTracking()
            .Select(row => new GitHubConnectionInfo(row.Kind, row.Name, row.Url, row.ApiUrl, row.AnsweredAt, row.Problem)
            {
                Account = row.Account,
                ProblemPasses = row.ProblemPasses,
                ExpiresAt = row.ExpiresAt,
            })
            .SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>The process that had credentials has none any more.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"DELETE FROM github_connection", cancellationToken);
    }

    /// <summary>Stores how the pull-request service stands with GitHub.</summary>
    /// <param name="connection">How; <see langword="null"/> for without credentials. The moment at which GitHub answered is not taken from it.</param>
    /// <param name="answer">Whether GitHub answered right now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task SaveAsync(GitHubConnectionInfo? connection, LastAnswer answer, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (connection is null)
        {
            // Another process may have credentials: it says so every minute. What stands against an App that was not connected is said once.
            await db.Database.ExecuteSqlAsync(
                $"DELETE FROM github_connection WHERE checked_at < clock_timestamp() - CASE kind WHEN 'none' THEN interval '25 minutes' ELSE interval '5 minutes' END", cancellationToken);
            return;
        }

        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO github_connection (id, kind, name, account, url, api_url, problem, problem_passes, expires_at, answered_at)
            VALUES (1, {connection.Kind}, {connection.Name}, {connection.Account}, {connection.Url}, {connection.ApiUrl}, {connection.Problem}, {connection.ProblemPasses},
                {connection.ExpiresAt}, CASE WHEN {answer == LastAnswer.Now} THEN clock_timestamp() END)
            ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, account = excluded.account, url = excluded.url, api_url = excluded.api_url,
                problem = excluded.problem, problem_passes = excluded.problem_passes, expires_at = excluded.expires_at, checked_at = clock_timestamp(),
                answered_at = CASE WHEN {answer == LastAnswer.Earlier} THEN github_connection.answered_at ELSE excluded.answered_at END
            """,
            cancellationToken);
    }

    /// <summary>The webhook secret of an App that was made from the dashboard.</summary>
    public async Task<string?> FindWebhookSecretAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.WebhookSecret.Select(row => row.Secret).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Stores it.</summary>
    public async Task SaveWebhookSecretAsync(string secret, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"INSERT INTO webhook_secret (id, secret) VALUES (1, {secret}) ON CONFLICT (id) DO UPDATE SET secret = excluded.secret", cancellationToken);
    }

    /// <summary>Notes that a person sets out to make an App, and returns the state that they have to come back with.</summary>
    /// <param name="publicUrl">The service's public address that the App is made with, with a slash at its end.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string> BeginManifestAsync(Uri publicUrl, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"DELETE FROM github_manifests WHERE created_at < clock_timestamp() - {ManifestLife}", cancellationToken);
        var row = new ManifestRow { State = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)), PublicUrl = publicUrl.AbsoluteUri };
        db.GitHubManifests.Add(row);
        await db.SaveChangesAsync(cancellationToken);
        return row.State;
    }

    /// <summary>Hands the code that a person came back with to the pull-request service; <see langword="false"/> when nobody set out with that state, or long ago, or came back before.</summary>
    public async Task<bool> ReturnManifestAsync(string state, string code, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var known = await db.Database.ExecuteSqlAsync(
            $"UPDATE github_manifests SET code = {code} WHERE state = {state} AND code IS NULL AND created_at >= clock_timestamp() - {ManifestLife}",
            cancellationToken) > 0;
        if (known)
        {
            // The code stays in the database: messages carry ids alone.
            db.Outbox.Add(new OutboxMessage { Type = typeof(ConnectGitHubApp).FullName!, Body = JsonSerializer.Serialize(new ConnectGitHubApp(state), JsonConventions.Options) });
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            changes.WakeOutbox();
        }

        return known;
    }

    /// <summary>Takes the code of a manifest, and the public address that the App was made with; <see langword="null"/> when it was taken before.</summary>
    public async Task<(string Code, Uri? PublicUrl)?> TakeManifestCodeAsync(string state, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var taken = await db.GitHubManifests.FromSql($"DELETE FROM github_manifests WHERE state = {state} AND code IS NOT NULL RETURNING *").AsNoTracking().ToListAsync(cancellationToken);
        return taken is [{ Code: { } code } row] ? (code, row.PublicUrl is { } url ? new Uri(url) : null) : null;
    }

    /// <summary>
    /// Stores what starts work in a repository. One that has another name since is followed: where tasks came from and their pull
    /// requests are found under the new name from then on.
    /// </summary>
    /// <param name="repositoryId">GitHub's id of it.</param>
    /// <param name="repository">Its name, as <c>owner/name</c>.</param>
    /// <param name="triggers">What starts work there.</param>
    /// <param name="isDefault">Whether its default branch says so: what another branch says is kept only until that is known.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task SaveTriggersAsync(long repositoryId, string repository, RepositoryTriggers triggers, bool isDefault, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var json = StorableText.Json(triggers);
        await RenameAsync(db, repositoryId, repository, cancellationToken);
        await db.Database.ExecuteSqlAsync($"DELETE FROM repository_triggers WHERE repository_id = {repositoryId} AND lower(repository) <> lower({repository})", cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO repository_triggers (repository, repository_id, settings) VALUES ({repository}, {repositoryId}, {json}::jsonb)
            ON CONFLICT (repository) DO UPDATE SET repository_id = excluded.repository_id, settings = excluded.settings
            WHERE {isDefault} OR repository_triggers.repository_id <> excluded.repository_id
            """,
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    // By id, as a name may have been another repository's. What waits has names alone, which the triggers tell of.
    private static async Task RenameAsync(TasksDbContext db, long id, string name, CancellationToken cancellationToken)
    {
        var (lower, address) = (name.ToLowerInvariant(), "[^/:]+/[^/:]+$");
        await db.Database.ExecuteSqlAsync($"UPDATE installed_repositories SET repository = {name} WHERE repository_id = {id} AND repository <> {name}", cancellationToken);
        await db.Database.ExecuteSqlAsync($"UPDATE task_origins SET repository = {name} WHERE repository_id = {id} AND lower(repository) <> {lower}", cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE pull_requests SET repository = regexp_replace(repository, {address}, {name} || CASE WHEN repository LIKE '%.git' THEN '.git' ELSE '' END)
            WHERE repository_id = {id} AND lower(substring(repository FROM {address})) NOT IN ({lower}, {lower} || '.git')
            """,
            cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE claimed_comments c SET repository = {lower} FROM repository_triggers t
            WHERE t.repository_id = {id} AND lower(t.repository) <> {lower} AND c.repository = lower(t.repository)
                AND NOT EXISTS (SELECT 1 FROM claimed_comments o WHERE o.repository = {lower} AND o.comment_id = c.comment_id)
            """,
            cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE pending_follow_ups f SET repository = {lower} FROM repository_triggers t
            WHERE t.repository_id = {id} AND lower(t.repository) <> {lower} AND f.repository = lower(t.repository)
                AND NOT EXISTS (SELECT 1 FROM pending_follow_ups o WHERE o.repository = {lower} AND o.key = f.key)
            """,
            cancellationToken);
    }
}
