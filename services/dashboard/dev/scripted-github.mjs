/** A connected App, two repositories and what they sent. */
const at = (minutesAgo) => new Date(Date.now() - minutesAgo * 60_000).toISOString();
const triggers = {
  read_at: at(30), source: '.codex/config.yml on main', label: 'codex', assignment: true, mention: true, changes_requested: true, check_fixes: 3, conflicts: true,
  bots: ['renovate[bot]'], test_command: 'python -m pytest -q', attempts: 1, problem: null,
};

export const github = {
  undefined: {
    connection: { kind: 'app', name: 'codex-acme', url: 'https://github.com/apps/codex-acme', api_url: 'https://api.github.com/', checked_at: at(1), problem: null },
    webhook_path: '/webhooks/github', has_webhook_secret: true,
  },
  repositories: [
    { name: 'acme/storefront', deliveries: 214, last_delivery_at: at(3), tasks: 17, triggers, pull_requests: { open: 2, merged: 11, closed: 3 } },
    { name: 'acme/a-repository-with-a-rather-long-name-for-narrow-screens', deliveries: 4, last_delivery_at: at(900), tasks: 0, triggers: null, pull_requests: { open: 0, merged: 0, closed: 0 } },
  ],
  deliveries: {
    items: [
      {
        id: 'd-1', event: 'issues', action: 'labeled', repository: 'acme/storefront', number: 7, sender: 'ann', received_at: at(3), state: 'acted',
        decision: 'a task was started for issue #7', task_id: null, handled_at: at(3),
      },
    ],
    next_cursor: null,
  },
};
