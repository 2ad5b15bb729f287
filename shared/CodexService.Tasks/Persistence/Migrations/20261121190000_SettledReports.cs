using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>What ended before GitHub was told of it is not told now: neither tasks that were asked for elsewhere, nor fixes that came to nothing.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261121190000_SettledReports")]
internal sealed class SettledReports : Migration
{
    // A task of these is told of once it changes.
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        INSERT INTO github_reports (task_id, mark, seen_seq, settled, reacted, comments_made, check_round, refused, tries)
        SELECT t.id, replace(gen_random_uuid()::text, '-', ''), t.last_seq, true, false, 0, 0, 'None', 0
        FROM tasks t JOIN pull_requests p ON p.task_id = t.id AND p.forge_number IS NOT NULL
        WHERE t.state IN ('Succeeded', 'NoChange', 'Failed', 'Cancelled', 'TimedOut') AND NOT EXISTS (SELECT 1 FROM task_origins o WHERE o.task_id = t.id)
        ON CONFLICT (task_id) DO NOTHING;

        UPDATE pending_follow_ups f SET outcome = 'ended before people were asked (' || f.outcome || ')' FROM tasks t
        WHERE t.id = f.task_id AND t.state IN ('Succeeded', 'NoChange', 'Failed', 'Cancelled', 'TimedOut') AND f.kind = 'Check' AND f.state = 'Started' AND f.outcome LIKE 'follow-up %';
        """);

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        // A row more or less changes nothing of the schema, and what was told stays told.
    }
}
