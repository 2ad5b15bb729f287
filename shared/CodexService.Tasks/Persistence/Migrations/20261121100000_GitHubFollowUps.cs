using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>Pull requests know their forge's number, and what is asked of a task that has no time yet waits.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261121100000_GitHubFollowUps")]
internal sealed class GitHubFollowUps : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE pull_requests
            ADD COLUMN forge text NOT NULL DEFAULT 'local',
            ADD COLUMN forge_number integer,
            ADD COLUMN published_head text NOT NULL DEFAULT '',
            ADD COLUMN is_close_untold boolean NOT NULL DEFAULT false;
        UPDATE pull_requests SET published_head = head_commit;
        ALTER TABLE pull_requests ALTER COLUMN forge DROP DEFAULT, ALTER COLUMN published_head DROP DEFAULT, ALTER COLUMN is_close_untold DROP DEFAULT;
        CREATE UNIQUE INDEX ix_pull_requests_repository_forge_number ON pull_requests (repository, forge_number);
        CREATE INDEX ix_pull_requests_head_commit ON pull_requests (head_commit);

        CREATE TABLE pending_follow_ups (
            id uuid PRIMARY KEY,
            task_id uuid NOT NULL REFERENCES tasks (id),
            repository text NOT NULL,
            key text NOT NULL,
            kind text NOT NULL,
            is_steerable boolean NOT NULL,
            content jsonb,
            head_commit text,
            state text NOT NULL,
            due_at timestamptz,
            message_number integer,
            prompt_number integer,
            outcome text,
            created_at timestamptz NOT NULL DEFAULT clock_timestamp()
        );
        CREATE UNIQUE INDEX ix_pending_follow_ups_repository_key ON pending_follow_ups (repository, key);
        CREATE INDEX ix_pending_follow_ups_task_id ON pending_follow_ups (task_id);
        CREATE INDEX ix_pending_follow_ups_open ON pending_follow_ups (id) WHERE state IN ('Collecting', 'Waiting', 'Sent');

        CREATE TABLE claimed_comments (
            repository text NOT NULL,
            comment_id bigint NOT NULL,
            follow_up_id uuid NOT NULL REFERENCES pending_follow_ups (id),
            PRIMARY KEY (repository, comment_id)
        );
        CREATE INDEX ix_claimed_comments_follow_up_id ON claimed_comments (follow_up_id);
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        DROP TABLE claimed_comments, pending_follow_ups;
        DROP INDEX ix_pull_requests_head_commit, ix_pull_requests_repository_forge_number;
        ALTER TABLE pull_requests DROP COLUMN forge, DROP COLUMN forge_number, DROP COLUMN published_head, DROP COLUMN is_close_untold;
        """);
}
