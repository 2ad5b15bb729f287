using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>What the workers that are up can do: names of their models, never addresses or keys.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261122020000_Workers")]
internal sealed class Workers : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        CREATE TABLE workers (
            name text PRIMARY KEY,
            prefers_repair boolean NOT NULL,
            models text[] NOT NULL,
            seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
        );
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP TABLE workers;");
}
