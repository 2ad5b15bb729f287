using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>When work was asked for and when it was stopped, however late GitHub tells of it; the repositories that the App is installed on.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261121210000_StopsAndInstallations")]
internal sealed class StopsAndInstallations : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE task_origins ADD COLUMN said_at timestamptz;
        ALTER TABLE pending_follow_ups ADD COLUMN said_at timestamptz;

        CREATE TABLE stops (
            repository_id bigint NOT NULL,
            number integer NOT NULL,
            said_at timestamptz NOT NULL,
            PRIMARY KEY (repository_id, number)
        );

        CREATE TABLE installed_repositories (
            repository_id bigint PRIMARY KEY,
            repository text NOT NULL,
            installation_id bigint NOT NULL,
            installed boolean NOT NULL,
            told_at timestamptz NOT NULL
        );
        CREATE INDEX ix_installed_repositories_repository ON installed_repositories (repository);
        CREATE INDEX ix_installed_repositories_installation_id ON installed_repositories (installation_id);
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        DROP TABLE installed_repositories;
        DROP TABLE stops;
        ALTER TABLE pending_follow_ups DROP COLUMN said_at;
        ALTER TABLE task_origins DROP COLUMN said_at;
        """);
}
