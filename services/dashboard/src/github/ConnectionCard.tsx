import { Button } from '@mantine/core';
import { useState } from 'react';
import type { GitHubConnectionInfo, GitHubStatus } from '../api/gitHubTypes';
import { CopyButton } from '../ui/CopyButton';
import { CircleCheck, CircleX, LoaderCircle, TriangleAlert } from '../ui/icons';
import { Notice } from '../ui/Notice';
import { formatAgo, formatInstant } from '../ui/time';
import { useNow } from '../ui/useNow';
import { ConnectForm } from './ConnectForm';
import { connectionState, connectionTitle, endsSoon } from './connectionState';
import classes from './GitHub.module.css';

const looks = {
  works: { icon: CircleCheck, color: 'var(--success-fg)' },
  asking: { icon: LoaderCircle, color: 'var(--muted)' },
  away: { icon: TriangleAlert, color: 'var(--warning-fg)' },
  refused: { icon: CircleX, color: 'var(--danger-fg)' },
};

/** Whose credentials the pull-request service has, what GitHub last said to them, and how to connect without any. */
export function ConnectionCard({ status }: { status: GitHubStatus }) {
  const { connection } = status;
  const [again, setAgain] = useState(false);
  const state = connection === null ? null : connectionState(connection);
  const works = state === 'works';
  const { icon: Icon, color } = looks[state ?? 'asking'];
  return (
    <section className={classes.card} aria-label="Connection">
      {connection !== null && (
        <div className={classes.connection}>
          <div className={classes.who}>
            <Icon size={22} color={color} aria-hidden="true" className={classes.state} />
            <div>
              <strong>{connectionTitle(connection)}</strong>
              <Facts connection={connection} />
            </div>
          </div>
          {connection.kind === 'app' && works && connection.url !== null && (
            <Button component="a" href={`${connection.url}/installations/new`} rel="noreferrer" variant="default">
              Install on repositories
            </Button>
          )}
          {connection.kind === 'none' && !again && <Button onClick={() => setAgain(true)}>Try again</Button>}
        </div>
      )}
      {connection?.problem && (
        <Notice tone={state === 'away' ? 'warning' : 'danger'}>{sentence(connection.problem)}</Notice>
      )}
      {(connection === null || again) && <ConnectForm />}
      {connection !== null && connection.kind !== 'none' && (
        <p className={classes.small}>
          {status.has_webhook_secret ? (
            <>
              Deliveries are taken at <code>{status.webhook_path}</code> <CopyButton text={location.origin + status.webhook_path} what="the webhook’s address" />
            </>
          ) : (
            <>No deliveries are taken yet: give the API the webhook’s secret in <code>CODEX_GITHUB_WEBHOOK_SECRET</code>.</>
          )}
        </p>
      )}
    </section>
  );
}

/** Account, name in mentions, host, and when GitHub last answered. */
function Facts({ connection }: { connection: GitHubConnectionInfo }) {
  const now = useNow(true, 15_000);
  const login = connection.account?.replace(/\[bot\]$/, '') ?? null;
  return (
      <span className={classes.facts}>
        {login !== null && (
          <span>Account {connection.url === null ? <b>{login}</b> : <a href={connection.url} rel="noreferrer">{login}</a>}</span>
        )}
        {connection.name !== null && (
          <span>
            People mention <code>@{connection.name}</code>
          </span>
        )}
        <span>{new URL(connection.api_url).host}</span>
        {connection.kind !== 'none' && (
          <span>
            {connection.checked_at === null ? (
              'No answer from GitHub yet'
            ) : (
              <>
                GitHub answered{' '}
                <time dateTime={connection.checked_at} title={formatInstant(connection.checked_at)}>
                  {formatAgo(connection.checked_at, now)}
                </time>
              </>
            )}
          </span>
        )}
        {connection.expires_at !== undefined && connection.expires_at !== null && (
          <span data-soon={endsSoon(connection.expires_at, now) || undefined}>
            The token ends on <time dateTime={connection.expires_at}>{formatInstant(connection.expires_at)}</time>
          </span>
        )}
      </span>
  );
}

const sentence = (line: string) => `${line.charAt(0).toUpperCase()}${line.slice(1)}${line.endsWith('.') ? '' : '.'}`;
