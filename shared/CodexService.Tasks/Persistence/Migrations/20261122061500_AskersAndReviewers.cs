using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>
/// Who asked for each follow-up: its commit names them, and not who asked for the task. And whether a pull request has its labels and its
/// reviewer: earlier versions gave them to it when they opened it, or never.
/// </summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261122061500_AskersAndReviewers")]
internal sealed class AskersAndReviewers : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE task_prompts ADD COLUMN asked_by jsonb;

        ALTER TABLE github_reports ADD COLUMN labeled boolean NOT NULL DEFAULT false, ADD COLUMN reviewer_asked boolean NOT NULL DEFAULT false;
        UPDATE github_reports r SET labeled = true, reviewer_asked = true FROM pull_requests p WHERE p.task_id = r.task_id;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE github_reports DROP COLUMN labeled, DROP COLUMN reviewer_asked;
        ALTER TABLE task_prompts DROP COLUMN asked_by;
        """);
}
