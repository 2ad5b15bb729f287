using System.Text.Json;
using CodexService.Contracts;
using CodexService.Tasks.Origins;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CodexService.Tasks.Rounds;

/// <summary>How it is stored who asked for a round.</summary>
internal static class TaskPromptTables
{
    public static void Configure(EntityTypeBuilder<TaskPrompt> prompt) => prompt.Property(p => p.AskedBy)
        .HasColumnType("jsonb")
        .HasConversion(
            accounts => JsonSerializer.Serialize(accounts, JsonConventions.Options),
            json => JsonSerializer.Deserialize<List<ForgeAccount>>(json, JsonConventions.Options),
            new ValueComparer<IReadOnlyList<ForgeAccount>?>(
                (left, right) => left == null ? right == null : right != null && left.SequenceEqual(right),
                accounts => accounts == null ? 0 : accounts.Count,
                accounts => accounts));
}
