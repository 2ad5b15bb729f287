using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>What the model brain needs: its turns, and what it used.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261121010000_Turns")]
internal sealed class Turns : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        CREATE TABLE attempt_turns (
            attempt_id uuid NOT NULL REFERENCES attempts (id),
            number integer NOT NULL,
            record text NOT NULL,
            PRIMARY KEY (attempt_id, number)
        );

        ALTER TABLE attempts
            ADD COLUMN input_tokens bigint NOT NULL DEFAULT 0,
            ADD COLUMN cached_input_tokens bigint NOT NULL DEFAULT 0,
            ADD COLUMN output_tokens bigint NOT NULL DEFAULT 0,
            ADD COLUMN cost numeric NOT NULL DEFAULT 0;
        ALTER TABLE attempts
            ALTER COLUMN input_tokens DROP DEFAULT,
            ALTER COLUMN cached_input_tokens DROP DEFAULT,
            ALTER COLUMN output_tokens DROP DEFAULT,
            ALTER COLUMN cost DROP DEFAULT;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE attempts DROP COLUMN input_tokens, DROP COLUMN cached_input_tokens, DROP COLUMN output_tokens, DROP COLUMN cost;
        DROP TABLE attempt_turns;
        """);
}
