using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>Which comments that ask for a follow-up got a sign, since when a report fails, and whose account asked.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261121150000_ReportPlaces")]
internal sealed class ReportPlaces : Migration
{
    // What was asked before needs no sign any more.
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE pending_follow_ups ADD COLUMN is_seen boolean NOT NULL DEFAULT true;
        ALTER TABLE pending_follow_ups ALTER COLUMN is_seen SET DEFAULT false;
        CREATE INDEX ix_pending_follow_ups_unseen ON pending_follow_ups (task_id) WHERE NOT is_seen;
        ALTER TABLE github_reports ADD COLUMN failing_since timestamptz;
        ALTER TABLE task_origins ADD COLUMN requested_by_id bigint;

        -- PostgreSQL's own compression takes longer for a large body than GitHub should wait for the answer. A server that was built without lz4
        -- stores it as it is.
        DO $$
        BEGIN
            EXECUTE 'ALTER TABLE deliveries ALTER COLUMN body SET COMPRESSION lz4';
        EXCEPTION WHEN OTHERS THEN
            ALTER TABLE deliveries ALTER COLUMN body SET STORAGE EXTERNAL;
        END $$;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE deliveries ALTER COLUMN body SET STORAGE EXTENDED;
        ALTER TABLE task_origins DROP COLUMN requested_by_id;
        ALTER TABLE github_reports DROP COLUMN failing_since;
        DROP INDEX ix_pending_follow_ups_unseen;
        ALTER TABLE pending_follow_ups DROP COLUMN is_seen;
        """);
}
