using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>What GitHub was shown of tasks.</summary>
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
            verdict_head text,
            verdict text,
            problem text,
            refused text NOT NULL,
            refused_at text,
            tries integer NOT NULL,
            next_try_at timestamptz
        );
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP TABLE github_reports;");
}
