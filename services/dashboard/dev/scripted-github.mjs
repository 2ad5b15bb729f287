/** A connected App, two repositories and what they sent. */
const at = (minutesAgo) => new Date(Date.now() - minutesAgo * 60_000).toISOString();
const triggers = {
  read_at: at(30), source: '.codex/config.yml on main', label: 'codex', assignment: true, mention: true, changes_requested: true, check_fixes: 3, conflicts: true,
  bots: ['renovate[bot]'], test_command: 'python -m pytest -q', attempts: 1, problem: null,
};

/** `CODEX_GITHUB_STATE` of `npm run dev:api` shows another connection: none, token, refused, away, asking. */
const token = { kind: 'token', account: 'ann', name: 'ann', url: 'https://github.com/ann', api_url: 'https://api.github.com/', checked_at: at(0), problem: null, problem_passes: false, expires_at: at(-60 * 24 * 80) };
const connections = {
  app: { kind: 'app', account: 'codex-acme[bot]', name: 'codex-acme', url: 'https://github.com/apps/codex-acme', api_url: 'https://api.github.com/', checked_at: at(1), problem: null },
  none: null,
  token,
  refused: {
    ...token, account: null, name: null, url: null, checked_at: at(4), expires_at: null,
    problem: 'GitHub refuses the token in CODEX_GITHUB_TOKEN (401: Bad credentials): it is wrong, revoked or expired; make a fine-grained one at https://github.com/settings/personal-access-tokens/new (Contents, Issues, Pull requests and Commit statuses: read and write), put it into CODEX_GITHUB_TOKEN and start the service again',
  },
  away: {
    ...token, checked_at: at(12), problem_passes: true, api_url: 'https://github.example.com:8443/api/v3/', url: 'https://github.example.com:8443/ann', expires_at: null,
    problem: 'GitHub cannot be reached at github.example.com:8443 (to read whose token it is): Connection refused; check GITHUB_API_URL and the network; it is tried again by itself',
  },
  asking: { ...token, account: null, name: null, url: null, checked_at: null, expires_at: null },
};

export const github = {
  undefined: {
    connection: connections[process.env.CODEX_GITHUB_STATE ?? 'app'],
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
