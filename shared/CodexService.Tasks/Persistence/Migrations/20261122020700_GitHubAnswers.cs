using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>The connection to GitHub knows whose it is, when GitHub last answered, and whether what stands against it passes.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261122020700_GitHubAnswers")]
internal sealed class GitHubAnswers : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE github_connection
            ADD COLUMN account text,
            ADD COLUMN answered_at timestamptz,
            ADD COLUMN problem_passes boolean NOT NULL DEFAULT false,
            ADD COLUMN expires_at timestamptz;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        "ALTER TABLE github_connection DROP COLUMN account, DROP COLUMN answered_at, DROP COLUMN problem_passes, DROP COLUMN expires_at;");
}
