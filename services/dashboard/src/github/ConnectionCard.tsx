import { Button } from '@mantine/core';
import { useState } from 'react';
import type { GitHubStatus } from '../api/gitHubTypes';
import { CopyButton } from '../ui/CopyButton';
import { CircleCheck, TriangleAlert } from '../ui/icons';
import { Notice } from '../ui/Notice';
import { ConnectForm } from './ConnectForm';
import classes from './GitHub.module.css';

/** Whose credentials the pull-request service has, whether they work, and how to connect without any. */
export function ConnectionCard({ status }: { status: GitHubStatus }) {
  const { connection } = status;
  const [again, setAgain] = useState(false);
  const works = connection !== null && connection.problem === null;
  return (
    <section className={classes.card} aria-label="Connection">
      {connection !== null && (
        <div className={classes.connection}>
          <div className={classes.who}>
            {works ? <CircleCheck size={22} color="var(--success-fg)" aria-hidden="true" /> : <TriangleAlert size={22} color="var(--warning-fg)" aria-hidden="true" />}
            <div>
              <strong>{connection.kind === 'app' ? 'Connected as a GitHub App' : connection.kind === 'token' ? 'Connected with a personal token' : 'Not connected'}</strong>
              <span className={classes.small}>
                {connection.name !== null && (
                  <>
                    People mention{' '}
                    {connection.url === null ? <code>@{connection.name}</code> : <a href={connection.url} rel="noreferrer">@{connection.name}</a>} ·{' '}
                  </>
                )}
                {new URL(connection.api_url).host}
              </span>
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
        <Notice tone="danger" title="GitHub does not work">
          {connection.problem}
        </Notice>
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
