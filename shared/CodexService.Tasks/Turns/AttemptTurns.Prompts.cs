using CodexService.Contracts.Api;
using CodexService.Tasks.Leases;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.Turns;

/// <content>What an attempt was opened with, beside the record that only its brain can read.</content>
public sealed partial class AttemptTurns
{
    /// <summary>Notes the prompts and the model that the attempt was opened with.</summary>
    /// <exception cref="LeaseLostException">The attempt belongs to somebody else by now.</exception>
    public async Task WritePromptsAsync(AttemptLease lease, AttemptPrompts prompts, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var written = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE attempts SET prompt_hash = {prompts.Hash}, prompt_version = {prompts.Version}, prompt_model = {prompts.Model}
            WHERE id = {lease.AttemptId} AND epoch = {lease.Epoch} AND state = 'Running'
            """,
            cancellationToken);
        if (written == 0)
        {
            throw new LeaseLostException(lease);
        }
    }
}
