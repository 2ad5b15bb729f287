using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>Pull requests know whether their head commit is what the tests ran on.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261121180000_HeadTrees")]
internal sealed class HeadTrees : Migration
{
    // Of a head that was not published by us, a push and an approval look the same here; the former claims less.
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE pull_requests ADD COLUMN head_tree text NOT NULL DEFAULT 'Verified';
        UPDATE pull_requests SET head_tree = 'PushedByOthers' WHERE head_commit <> published_head;
        UPDATE pull_requests SET head_tree = 'MoreLeftOut' WHERE head_commit = published_head AND forge_number IS NOT NULL AND held_for_approval <> '[]';
        ALTER TABLE pull_requests ALTER COLUMN head_tree DROP DEFAULT;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("ALTER TABLE pull_requests DROP COLUMN head_tree;");
}
