using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>How the service stands with GitHub, what starts work in which repository, and Apps that are being made.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261121120000_GitHubConnection")]
internal sealed class GitHubConnection : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        CREATE TABLE github_connection (
            id integer PRIMARY KEY,
            kind text NOT NULL,
            name text,
            url text,
            api_url text NOT NULL,
            checked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            problem text
        );
        CREATE TABLE webhook_secret (
            id integer PRIMARY KEY,
            secret text NOT NULL
        );
        CREATE TABLE github_manifests (
            state text PRIMARY KEY,
            code text,
            created_at timestamptz NOT NULL DEFAULT clock_timestamp()
        );
        CREATE TABLE repository_triggers (
            repository text PRIMARY KEY,
            repository_id bigint NOT NULL,
            settings jsonb NOT NULL
        );
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        DROP TABLE repository_triggers;
        DROP TABLE github_manifests;
        DROP TABLE webhook_secret;
        DROP TABLE github_connection;
        """);
}
