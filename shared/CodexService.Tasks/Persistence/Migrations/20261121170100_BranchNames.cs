using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>A task's branch has its name before it is made.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261121170100_BranchNames")]
internal sealed class BranchNames : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("ALTER TABLE tasks ADD COLUMN branch_name text;");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("ALTER TABLE tasks DROP COLUMN branch_name;");
}
