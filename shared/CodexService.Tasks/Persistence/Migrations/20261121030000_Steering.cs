using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>What people do to a task while it runs: pause, messages, approval of plans.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261121030000_Steering")]
internal sealed class Steering : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE tasks
            ADD COLUMN approve_plan boolean NOT NULL DEFAULT false,
            ADD COLUMN pause_requested boolean NOT NULL DEFAULT false,
            ADD COLUMN message_count integer NOT NULL DEFAULT 0;
        ALTER TABLE tasks
            ALTER COLUMN approve_plan DROP DEFAULT,
            ALTER COLUMN pause_requested DROP DEFAULT,
            ALTER COLUMN message_count DROP DEFAULT;

        ALTER TABLE attempts
            ADD COLUMN used_time interval NOT NULL DEFAULT '0',
            ADD COLUMN plan text,
            ADD COLUMN plan_state text,
            ADD COLUMN plan_revision integer NOT NULL DEFAULT 0;
        ALTER TABLE attempts
            ALTER COLUMN used_time DROP DEFAULT,
            ALTER COLUMN plan_revision DROP DEFAULT;

        CREATE TABLE task_messages (
            task_id uuid NOT NULL REFERENCES tasks (id),
            number integer NOT NULL,
            text text NOT NULL,
            at timestamptz NOT NULL,
            attempt integer,
            PRIMARY KEY (task_id, number)
        );
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        DROP TABLE task_messages;
        ALTER TABLE attempts DROP COLUMN used_time, DROP COLUMN plan, DROP COLUMN plan_state, DROP COLUMN plan_revision;
        ALTER TABLE tasks DROP COLUMN approve_plan, DROP COLUMN pause_requested, DROP COLUMN message_count;
        """);
}
