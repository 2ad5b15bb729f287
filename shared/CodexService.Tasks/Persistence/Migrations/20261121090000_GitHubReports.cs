using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>What GitHub was shown of tasks, and which review threads there were answered.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261121090000_GitHubReports")]
internal sealed class GitHubReports : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        CREATE TABLE github_reports (
            task_id uuid PRIMARY KEY REFERENCES tasks (id),
            mark text NOT NULL,
            seen_seq bigint NOT NULL,
            settled boolean NOT NULL,
            reacted boolean NOT NULL,
            comment_id bigint,
            comment_hash text,
            comments_made integer NOT NULL,
            held_head text,
            check_head text,
            check_round integer NOT NULL,
            check_run_id bigint,
            check_status text,
            verdict text,
            problem text,
            refused text NOT NULL,
            refused_at text,
            tries integer NOT NULL,
            next_try_at timestamptz
        );

        CREATE TABLE thread_answers (
            comment_id uuid NOT NULL REFERENCES review_comments (id),
            about text NOT NULL,
            answered_at timestamptz NOT NULL,
            PRIMARY KEY (comment_id, about)
        );
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        DROP TABLE thread_answers;
        DROP TABLE github_reports;
        """);
}
