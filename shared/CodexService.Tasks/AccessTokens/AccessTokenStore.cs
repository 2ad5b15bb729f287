using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.AccessTokens;

/// <summary>Makes and checks API tokens: <c>cdx_</c> and 256 random bits in base64url. Thread-safe.</summary>
public sealed class AccessTokenStore(IDbContextFactory<TasksDbContext> contexts)
{
    // Serialises first starts of several replicas; the number has no meaning beyond being ours.
    private const long FirstTokenLock = 0x436F646578;

    // What its holder does is told under this name.
    private const string FirstName = "owner";

    internal static SecretForm Form { get; } = new("cdx_");

    /// <summary>Makes the first token of a service; <see langword="null"/> when there is one already.</summary>
    public async Task<string?> CreateFirstAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({FirstTokenLock})", cancellationToken);
        if (await db.AccessTokens.AnyAsync(cancellationToken))
        {
            return null;
        }

        var token = Add(db, FirstName);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return token;
    }

    /// <summary>Makes another token and returns it; it cannot be read again.</summary>
    public async Task<string> CreateAsync(string name, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var token = Add(db, name);
        await db.SaveChangesAsync(cancellationToken);
        return token;
    }

    /// <summary>Whether a token is valid.</summary>
    public async Task<bool> IsValidAsync(string token, CancellationToken cancellationToken) => await FindNameAsync(token, cancellationToken) is not null;

    /// <summary>Name of a valid token; <see langword="null"/> for any other text.</summary>
    public async Task<string?> FindNameAsync(string token, CancellationToken cancellationToken)
    {
        if (!Form.Fits(token))
        {
            return null;
        }

        var hash = SecretForm.Hash(token);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.AccessTokens.Where(t => t.Hash == hash).Select(t => t.Name).SingleOrDefaultAsync(cancellationToken);
    }

    private static string Add(TasksDbContext db, string name)
    {
        var token = Form.New();
        db.AccessTokens.Add(new AccessToken { Name = name, Hash = SecretForm.Hash(token) });
        return token;
    }
}
