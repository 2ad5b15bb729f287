using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>
/// A round's end is told beside a task that has succeeded, and of no other. Processes of an earlier version, which run beside ours while an
/// upgrade rolls out, begin rounds without knowing of it: the database takes it away then, so that no reader has to doubt it.
/// </summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261122032500_StaleRoundEnds")]
internal sealed class StaleRoundEnds : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        CREATE FUNCTION forget_round_end() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.round_state := NULL;
            NEW.round_reason := NULL;
            NEW.unpublished_attempt_id := NULL;
            RETURN NEW;
        END $$;
        CREATE TRIGGER tasks_forget_round_end BEFORE UPDATE ON tasks
            FOR EACH ROW WHEN (NEW.state <> 'Succeeded' AND NEW.round_state IS NOT NULL) EXECUTE FUNCTION forget_round_end();

        UPDATE tasks SET round_state = NULL, round_reason = NULL, unpublished_attempt_id = NULL WHERE state <> 'Succeeded' AND round_state IS NOT NULL;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        DROP TRIGGER tasks_forget_round_end ON tasks;
        DROP FUNCTION forget_round_end();
        """);
}
