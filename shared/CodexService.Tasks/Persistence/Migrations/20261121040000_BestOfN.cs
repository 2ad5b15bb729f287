using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>What each attempt works with and is ranked by. The sizes of earlier patches stay unknown: they are ranked no more.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261121040000_BestOfN")]
internal sealed class BestOfN : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE tasks ADD COLUMN chosen_at timestamptz;
        ALTER TABLE attempts
            ADD COLUMN brain text,
            ADD COLUMN model text,
            ADD COLUMN temperature real,
            ADD COLUMN verified boolean,
            ADD COLUMN tests_passed integer,
            ADD COLUMN regressions integer,
            ADD COLUMN still_failing integer,
            ADD COLUMN patch_lines integer,
            ADD COLUMN stop_reason text;
        UPDATE attempts a SET brain = t.brain, model = t.model, verified = a.state = 'Succeeded'
        FROM tasks t WHERE t.id = a.task_id;
        UPDATE attempts a SET
            tests_passed = jsonb_array_length(r.verification -> 'fail_to_pass') + (r.verification ->> 'pass_to_pass')::integer,
            regressions = jsonb_array_length(r.verification -> 'broken'),
            still_failing = jsonb_array_length(r.verification -> 'still_failing')
        FROM attempt_results r WHERE r.attempt_id = a.id AND r.verification IS NOT NULL;
        ALTER TABLE attempts
            ALTER COLUMN brain SET NOT NULL,
            ALTER COLUMN verified SET NOT NULL;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE attempts
            DROP COLUMN brain, DROP COLUMN model, DROP COLUMN temperature, DROP COLUMN verified, DROP COLUMN tests_passed,
            DROP COLUMN regressions, DROP COLUMN still_failing, DROP COLUMN patch_lines, DROP COLUMN stop_reason;
        ALTER TABLE tasks DROP COLUMN chosen_at;
        """);
}
