using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>Since when a pull request has not been shown by its forge, and when that is asked again.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261122062000_UnseenPullRequests")]
internal sealed class UnseenPullRequests : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        "ALTER TABLE pull_requests ADD COLUMN unseen_since timestamptz, ADD COLUMN next_look_at timestamptz;");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        "ALTER TABLE pull_requests DROP COLUMN next_look_at, DROP COLUMN unseen_since;");
}
