using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>Sessions of browsers that signed in; they end with the token that opened them.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261121160000_BrowserSessions")]
internal sealed class BrowserSessions : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        CREATE TABLE browser_sessions (
            hash bytea PRIMARY KEY,
            token_id uuid NOT NULL REFERENCES access_tokens (id) ON DELETE CASCADE,
            created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            expires_at timestamptz NOT NULL
        );
        CREATE INDEX ix_browser_sessions_token_id ON browser_sessions (token_id);
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP TABLE browser_sessions;");
}
