using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>Attempts that merge the base branch, and what pull requests are in conflict with.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261121130000_Conflicts")]
internal sealed class Conflicts : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE attempts ADD COLUMN merged_commit text;
        ALTER TABLE pull_requests ADD COLUMN conflicts jsonb NOT NULL DEFAULT '[]';
        ALTER TABLE pull_requests ALTER COLUMN conflicts DROP DEFAULT;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE pull_requests DROP COLUMN conflicts;
        ALTER TABLE attempts DROP COLUMN merged_commit;
        """);
}
