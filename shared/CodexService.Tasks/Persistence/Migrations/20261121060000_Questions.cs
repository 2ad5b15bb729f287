using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>Questions with their answers' references, and the prompts that attempts were opened with.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261121060000_Questions")]
internal sealed class Questions : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE tasks ADD COLUMN kind text NOT NULL DEFAULT 'Change';
        ALTER TABLE tasks ALTER COLUMN kind DROP DEFAULT;
        ALTER TABLE attempt_results ADD COLUMN answer_references jsonb;
        ALTER TABLE attempts ADD COLUMN prompt_hash text, ADD COLUMN prompt_version integer, ADD COLUMN prompt_model text;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE attempts DROP COLUMN prompt_hash, DROP COLUMN prompt_version, DROP COLUMN prompt_model;
        ALTER TABLE attempt_results DROP COLUMN answer_references;
        ALTER TABLE tasks DROP COLUMN kind;
        """);
}
