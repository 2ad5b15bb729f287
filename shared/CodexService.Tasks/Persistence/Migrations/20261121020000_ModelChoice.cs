using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>The prompt template and the model that a task names.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261121020000_ModelChoice")]
internal sealed class ModelChoice : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("ALTER TABLE tasks ADD COLUMN template text, ADD COLUMN model text;");

    protected override void Down(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("ALTER TABLE tasks DROP COLUMN template, DROP COLUMN model;");
}
