using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>Deliveries of GitHub's webhooks, what was done for them, and where tasks came from.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261121070000_GitHub")]
internal sealed class GitHub : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        CREATE TABLE deliveries (
            id text PRIMARY KEY,
            event text NOT NULL,
            action text,
            repository text,
            number integer,
            sender text,
            body bytea NOT NULL,
            received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            state text NOT NULL,
            decision text,
            task_id uuid REFERENCES tasks (id),
            tries integer NOT NULL,
            held_until timestamptz,
            handled_at timestamptz
        );
        CREATE INDEX ix_deliveries_received_at ON deliveries (received_at);
        CREATE INDEX ix_deliveries_waiting ON deliveries (received_at) WHERE state = 'Received';

        CREATE TABLE handled_triggers (
            repository text NOT NULL,
            key text NOT NULL,
            delivery_id text NOT NULL,
            at timestamptz NOT NULL DEFAULT clock_timestamp(),
            PRIMARY KEY (repository, key)
        );
        CREATE INDEX ix_handled_triggers_delivery_id ON handled_triggers (delivery_id);

        CREATE TABLE task_origins (
            task_id uuid PRIMARY KEY REFERENCES tasks (id),
            repository text NOT NULL,
            number integer NOT NULL,
            is_pull_request boolean NOT NULL,
            requested_by text NOT NULL,
            url text NOT NULL,
            title text NOT NULL,
            comment_id bigint
        );
        CREATE INDEX ix_task_origins_number ON task_origins (number, repository);
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        DROP TABLE task_origins;
        DROP TABLE handled_triggers;
        DROP TABLE deliveries;
        """);
}
