using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>
/// That a request was seen is shown while its delivery is handled; reports have no part in it any more. Processes of an earlier version, which
/// run beside ours while an upgrade rolls out, still read the columns: they find all of it shown.
/// </summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261122061900_SignsAtOnce")]
internal sealed class SignsAtOnce : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE github_reports ALTER COLUMN reacted SET DEFAULT true;
        UPDATE github_reports SET reacted = true WHERE NOT reacted;
        DROP INDEX ix_pending_follow_ups_unseen;
        ALTER TABLE pending_follow_ups ALTER COLUMN is_seen SET DEFAULT true;
        UPDATE pending_follow_ups SET is_seen = true WHERE NOT is_seen;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE pending_follow_ups ALTER COLUMN is_seen SET DEFAULT false;
        CREATE INDEX ix_pending_follow_ups_unseen ON pending_follow_ups (task_id) WHERE NOT is_seen;
        ALTER TABLE github_reports ALTER COLUMN reacted DROP DEFAULT;
        """);
}
