using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>How a round ended that brought nothing new beside the published change, which stands; also for tasks whose last round took it away.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261122020000_StandingResults")]
internal sealed class StandingResults : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE tasks ADD COLUMN round_state text;
        ALTER TABLE tasks ADD COLUMN round_reason text;
        ALTER TABLE tasks ADD COLUMN unpublished_attempt_id uuid;

        UPDATE tasks t SET
            round_state = t.state,
            round_reason = coalesce(t.reason, ''),
            unpublished_attempt_id = CASE WHEN t.winning_attempt_id <> p.published_attempt_id THEN t.winning_attempt_id END,
            state = 'Succeeded',
            reason = NULL,
            winning_attempt_id = p.published_attempt_id
        FROM pull_requests p JOIN attempts a ON a.id = p.published_attempt_id AND a.verified
        WHERE p.task_id = t.id AND t.state IN ('NoChange', 'Failed', 'Cancelled', 'TimedOut');
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        UPDATE tasks SET state = round_state, reason = round_reason, winning_attempt_id = unpublished_attempt_id WHERE round_state IS NOT NULL;
        ALTER TABLE tasks DROP COLUMN unpublished_attempt_id;
        ALTER TABLE tasks DROP COLUMN round_reason;
        ALTER TABLE tasks DROP COLUMN round_state;
        """);
}
