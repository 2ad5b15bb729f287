using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>Apps that are being made know the service's public address.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261121180100_ManifestAddresses")]
internal sealed class ManifestAddresses : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("ALTER TABLE github_manifests ADD COLUMN public_url text;");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("ALTER TABLE github_manifests DROP COLUMN public_url;");
}
