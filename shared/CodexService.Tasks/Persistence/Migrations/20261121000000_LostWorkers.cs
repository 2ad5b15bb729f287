using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>Counts lost workers apart from claims: a worker that shuts down in order is no failure.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261121000000_LostWorkers")]
internal sealed class LostWorkers : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE attempts ADD COLUMN lost_workers integer NOT NULL DEFAULT 0;
        ALTER TABLE attempts ALTER COLUMN lost_workers DROP DEFAULT;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        "ALTER TABLE attempts DROP COLUMN lost_workers;");
}
