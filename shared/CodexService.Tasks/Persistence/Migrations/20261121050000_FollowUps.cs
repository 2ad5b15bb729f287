using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>Follow-ups, added budget, limits of a task and what counts against a user's budget.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261121050000_FollowUps")]
internal sealed class FollowUps : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE tasks
            ADD COLUMN prompt_count integer NOT NULL DEFAULT 1,
            ADD COLUMN submitted_by text,
            ADD COLUMN max_turns integer,
            ADD COLUMN max_tokens bigint,
            ADD COLUMN max_cost numeric;
        ALTER TABLE tasks ALTER COLUMN prompt_count DROP DEFAULT;

        ALTER TABLE attempts
            ADD COLUMN prompt_number integer NOT NULL DEFAULT 1,
            ADD COLUMN base_commit text,
            ADD COLUMN on_pull_request boolean NOT NULL DEFAULT false,
            ADD COLUMN partial_of uuid REFERENCES attempts (id),
            ADD COLUMN continues uuid REFERENCES attempts (id),
            ADD COLUMN inherited_turns integer NOT NULL DEFAULT 0,
            ADD COLUMN added_turns integer NOT NULL DEFAULT 0,
            ADD COLUMN added_tokens bigint NOT NULL DEFAULT 0,
            ADD COLUMN added_cost numeric NOT NULL DEFAULT 0,
            ADD COLUMN added_time interval NOT NULL DEFAULT '0',
            ADD COLUMN requested_by text,
            ADD COLUMN early_end text;
        ALTER TABLE attempts
            ALTER COLUMN prompt_number DROP DEFAULT,
            ALTER COLUMN on_pull_request DROP DEFAULT,
            ALTER COLUMN inherited_turns DROP DEFAULT,
            ALTER COLUMN added_turns DROP DEFAULT,
            ALTER COLUMN added_tokens DROP DEFAULT,
            ALTER COLUMN added_cost DROP DEFAULT,
            ALTER COLUMN added_time DROP DEFAULT;
        UPDATE attempts a SET base_commit = t.base_commit FROM tasks t WHERE t.id = a.task_id AND a.number >= t.round_start;

        CREATE TABLE task_prompts (
            task_id uuid NOT NULL REFERENCES tasks (id),
            number integer NOT NULL,
            text text NOT NULL,
            test_command text NOT NULL,
            base_commit text,
            at timestamptz NOT NULL DEFAULT clock_timestamp(),
            PRIMARY KEY (task_id, number)
        );

        CREATE TABLE usage_entries (
            attempt_id uuid NOT NULL REFERENCES attempts (id),
            source text NOT NULL,
            user_name text,
            at timestamptz NOT NULL DEFAULT clock_timestamp(),
            turns integer NOT NULL,
            tokens bigint NOT NULL,
            cost numeric NOT NULL,
            seconds double precision NOT NULL,
            PRIMARY KEY (attempt_id, source)
        );
        CREATE INDEX ix_usage_entries_user_name_at ON usage_entries (user_name, at);
        CREATE INDEX ix_attempts_running_requested_by ON attempts (requested_by) WHERE state = 'Running';
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        DROP TABLE usage_entries;
        DROP TABLE task_prompts;
        ALTER TABLE attempts
            DROP COLUMN prompt_number, DROP COLUMN base_commit, DROP COLUMN on_pull_request, DROP COLUMN partial_of, DROP COLUMN continues,
            DROP COLUMN inherited_turns, DROP COLUMN added_turns, DROP COLUMN added_tokens, DROP COLUMN added_cost, DROP COLUMN added_time,
            DROP COLUMN requested_by, DROP COLUMN early_end;
        ALTER TABLE tasks DROP COLUMN prompt_count, DROP COLUMN submitted_by, DROP COLUMN max_turns, DROP COLUMN max_tokens, DROP COLUMN max_cost;
        """);
}
