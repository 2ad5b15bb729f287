using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>Who asked for each follow-up: its commit names them, and not who asked for the task.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261122061500_Askers")]
internal sealed class Askers : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("ALTER TABLE task_prompts ADD COLUMN asked_by jsonb;");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("ALTER TABLE task_prompts DROP COLUMN asked_by;");
}
