using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>Reviews of people's changes, and where they stand on GitHub.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261121110000_PullRequestReviews")]
internal sealed class PullRequestReviews : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE tasks ADD COLUMN head_ref text;
        ALTER TABLE attempts ADD COLUMN head_commit text;
        ALTER TABLE attempt_results ADD COLUMN review jsonb;
        CREATE TABLE review_posts (
            task_id uuid PRIMARY KEY REFERENCES tasks (id),
            key text NOT NULL,
            review_id bigint,
            url text,
            problem text
        );
        CREATE INDEX ix_tasks_reviewed ON tasks (id) WHERE kind = 'Review' AND state = 'Succeeded';
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        DROP INDEX ix_tasks_reviewed;
        DROP TABLE review_posts;
        ALTER TABLE attempt_results DROP COLUMN review;
        ALTER TABLE attempts DROP COLUMN head_commit;
        ALTER TABLE tasks DROP COLUMN head_ref;
        """);
}
