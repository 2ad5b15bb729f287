using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>Reviews of pull requests with comments on lines, and which attempt's patch a pull request's head holds.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261121080000_Reviews")]
internal sealed class Reviews : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE pull_requests ADD COLUMN published_attempt_id uuid REFERENCES attempts (id);
        UPDATE pull_requests p SET published_attempt_id = coalesce(
            (SELECT t.winning_attempt_id FROM tasks t WHERE t.id = p.task_id),
            (SELECT a.id FROM attempts a WHERE a.task_id = p.task_id AND a.state = 'Succeeded' ORDER BY a.number DESC LIMIT 1));

        CREATE TABLE reviews (
            id uuid PRIMARY KEY,
            pull_request_id uuid NOT NULL REFERENCES pull_requests (id),
            author text NOT NULL,
            event text NOT NULL,
            body text NOT NULL,
            head_commit text NOT NULL,
            created_at timestamptz NOT NULL,
            follow_up integer,
            addressed_by text,
            forge_id text,
            idempotency_key text,
            request_hash text
        );
        CREATE UNIQUE INDEX ix_reviews_pull_request_id_forge_id ON reviews (pull_request_id, forge_id);
        CREATE UNIQUE INDEX ix_reviews_pull_request_id_idempotency_key ON reviews (pull_request_id, idempotency_key);

        CREATE TABLE review_comments (
            id uuid PRIMARY KEY,
            review_id uuid NOT NULL REFERENCES reviews (id),
            position integer NOT NULL,
            path text NOT NULL,
            side text NOT NULL,
            line integer,
            start_line integer,
            body text NOT NULL,
            quote text NOT NULL,
            forge_id text,
            state text NOT NULL,
            addressed_by text
        );
        CREATE UNIQUE INDEX ix_review_comments_review_id_position ON review_comments (review_id, position);
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        DROP TABLE review_comments;
        DROP TABLE reviews;
        ALTER TABLE pull_requests DROP COLUMN published_attempt_id;
        """);
}
