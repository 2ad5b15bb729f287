using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CodexService.Tasks.Persistence.Migrations;

/// <summary>What is known of a repository of GitHub is known by its id: names change, and are used again.</summary>
[DbContext(typeof(TasksDbContext))]
[Migration("20261121170000_RepositoryIds")]
internal sealed class RepositoryIds : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        ALTER TABLE task_origins ADD COLUMN repository_id bigint;
        UPDATE task_origins o SET repository_id = t.repository_id FROM repository_triggers t WHERE lower(t.repository) = lower(o.repository);
        CREATE INDEX ix_task_origins_repository_id ON task_origins (repository_id);

        ALTER TABLE pull_requests ADD COLUMN repository_id bigint;
        UPDATE pull_requests p SET repository_id = t.repository_id FROM repository_triggers t
        WHERE p.forge = 'github'
            AND right(lower(regexp_replace(p.repository, '\.git$', '')), length(t.repository) + 1) IN ('/' || lower(t.repository), ':' || lower(t.repository));
        DROP INDEX ix_pull_requests_repository_forge_number;
        CREATE INDEX ix_pull_requests_repository_forge_number ON pull_requests (repository, forge_number);
        CREATE UNIQUE INDEX ix_pull_requests_repository_id_forge_number ON pull_requests (repository_id, forge_number);

        ALTER TABLE handled_triggers ADD COLUMN repository_id bigint;
        UPDATE handled_triggers h SET repository_id = t.repository_id FROM repository_triggers t WHERE lower(t.repository) = h.repository;
        DELETE FROM handled_triggers WHERE repository_id IS NULL;
        ALTER TABLE handled_triggers DROP COLUMN repository, ADD PRIMARY KEY (repository_id, key);

        UPDATE tasks k SET idempotency_key = 'github:' || t.repository_id || substr(k.idempotency_key, length('github:' || t.repository) + 1)
        FROM repository_triggers t WHERE starts_with(k.idempotency_key, 'github:' || lower(t.repository) || ':');
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(
        """
        UPDATE tasks k SET idempotency_key = 'github:' || lower(t.repository) || substr(k.idempotency_key, length('github:' || t.repository_id) + 1)
        FROM repository_triggers t WHERE starts_with(k.idempotency_key, 'github:' || t.repository_id || ':');

        ALTER TABLE handled_triggers ADD COLUMN repository text;
        UPDATE handled_triggers h SET repository = lower(t.repository) FROM repository_triggers t WHERE t.repository_id = h.repository_id;
        DELETE FROM handled_triggers WHERE repository IS NULL;
        ALTER TABLE handled_triggers DROP COLUMN repository_id, ADD PRIMARY KEY (repository, key);

        DROP INDEX ix_pull_requests_repository_id_forge_number, ix_pull_requests_repository_forge_number;
        CREATE UNIQUE INDEX ix_pull_requests_repository_forge_number ON pull_requests (repository, forge_number);
        ALTER TABLE pull_requests DROP COLUMN repository_id;
        ALTER TABLE task_origins DROP COLUMN repository_id;
        """);
}
