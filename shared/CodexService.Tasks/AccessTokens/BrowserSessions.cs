using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.AccessTokens;

/// <summary>
/// Sessions of browsers: what a cookie holds is not an API token, ends when the person signs out, and ends with the token
/// that opened it. Nothing is remembered here, so an end counts at once and in every replica. Thread-safe.
/// </summary>
public sealed class BrowserSessions(IDbContextFactory<TasksDbContext> contexts)
{
    private static readonly SecretForm Form = new("cds_");

    /// <summary>How long a session lasts.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromDays(30);

    /// <summary>Opens a session and returns what its cookie is to hold; <see langword="null"/> for a token that is not valid.</summary>
    public async Task<string?> OpenAsync(string token, CancellationToken cancellationToken)
    {
        if (!AccessTokenStore.Form.Fits(token))
        {
            return null;
        }

        var session = Form.New();
        var (hash, tokenHash) = (SecretForm.Hash(session), SecretForm.Hash(token));
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var opened = await db.Database.ExecuteSqlAsync(
            $"INSERT INTO browser_sessions (hash, token_id, expires_at) SELECT {hash}, id, clock_timestamp() + {Lifetime} FROM access_tokens WHERE hash = {tokenHash}",
            cancellationToken);
        if (opened == 0)
        {
            return null;
        }

        // Sessions are opened seldom: a good moment to drop those that are over.
        await db.Database.ExecuteSqlAsync($"DELETE FROM browser_sessions WHERE expires_at <= clock_timestamp()", cancellationToken);
        return session;
    }

    /// <summary>Name of the token that opened a session; <see langword="null"/> when it is over, and for any other text.</summary>
    public async Task<string?> FindNameAsync(string session, CancellationToken cancellationToken)
    {
        if (!Form.Fits(session))
        {
            return null;
        }

        var hash = SecretForm.Hash(session);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return (await db.Database.SqlQuery<string>(
            $"""
            SELECT token.name AS "Value" FROM browser_sessions session JOIN access_tokens token ON token.id = session.token_id
            WHERE session.hash = {hash} AND session.expires_at > clock_timestamp()
            """).ToListAsync(cancellationToken)).SingleOrDefault();
    }

    /// <summary>Ends a session; one that is not there is no error.</summary>
    public async Task EndAsync(string session, CancellationToken cancellationToken)
    {
        if (Form.Fits(session))
        {
            var hash = SecretForm.Hash(session);
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            await db.Database.ExecuteSqlAsync($"DELETE FROM browser_sessions WHERE hash = {hash}", cancellationToken);
        }
    }
}
