import type { GitHubRepositoryInfo, PullRequestCounts, RepositoryTriggers } from '../api/gitHubTypes';
import { PullRequestCount } from '../ui/StateBadge';
import { formatAgo, formatInstant } from '../ui/time';
import { useNow } from '../ui/useNow';
import classes from './GitHub.module.css';

/** Where deliveries came from and where the App is installed, and what starts work there. */
export function Repositories({ repositories }: { repositories: readonly GitHubRepositoryInfo[] }) {
  const now = useNow(true, 30_000);
  return (
    <section aria-labelledby="github-repositories">
      <h2 id="github-repositories" className={classes.section}>
        Repositories
      </h2>
      {repositories.length === 0 ? (
        <p className={classes.small}>No delivery has come yet. Install the App on a repository, then label an issue with “codex”.</p>
      ) : (
        <ul className={classes.list}>
          {repositories.map((repository) => (
            <li key={repository.name} className={classes.repository}>
              <div>
                <strong>{repository.name}</strong>
                {repository.pull_requests !== undefined && <Outcomes counts={repository.pull_requests} />}
                {repository.triggers !== null && <Triggers triggers={repository.triggers} />}
              </div>
              <div className={classes.counts}>
                {repository.tasks} {repository.tasks === 1 ? 'task' : 'tasks'} · {repository.deliveries} {repository.deliveries === 1 ? 'delivery' : 'deliveries'}
                <br />
                {repository.last_delivery_at === null ? (
                  'installed, none yet'
                ) : (
                  <time dateTime={repository.last_delivery_at} title={formatInstant(repository.last_delivery_at)}>
                    last {formatAgo(repository.last_delivery_at, now)}
                  </time>
                )}
              </div>
              {repository.triggers?.problem && <div className={classes.problem}>{repository.triggers.problem}</div>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** What became of this service's pull requests of a repository. */
function Outcomes({ counts }: { counts: PullRequestCounts }) {
  const states = (['merged', 'open', 'closed'] as const).filter((state) => counts[state] > 0);
  return states.length === 0 ? null : (
    <div className={classes.outcomes} role="group" aria-label="Pull requests">
      {states.map((state) => (
        <PullRequestCount key={state} state={state} count={counts[state]} />
      ))}
    </div>
  );
}

function Triggers({ triggers }: { triggers: RepositoryTriggers }) {
  const all = [
    { on: triggers.label !== '', text: triggers.label === '' ? 'label' : `label ${triggers.label}` },
    { on: triggers.assignment, text: 'assignment' },
    { on: triggers.mention, text: 'mention' },
    { on: triggers.changes_requested, text: 'changes requested' },
    { on: triggers.check_fixes > 0, text: triggers.check_fixes > 0 ? `failing checks, ${triggers.check_fixes}×` : 'failing checks' },
    { on: triggers.conflicts !== false, text: 'conflicts' },
    ...triggers.bots.map((bot) => ({ on: true, text: bot })),
  ];
  return (
    <>
      <div className={classes.triggers}>
        {all.map((trigger) => (
          <span key={trigger.text} className={classes.trigger} data-off={trigger.on ? undefined : true} title={trigger.on ? 'starts work' : 'turned off'}>
            {trigger.text}
          </span>
        ))}
      </div>
      <span className={classes.small}>
        {triggers.source}
        {triggers.test_command !== null && (
          <>
            {' '}
            · proved by <code>{triggers.test_command}</code>
          </>
        )}
        {triggers.attempts > 1 && <> · {triggers.attempts} attempts in parallel</>}
        {triggers.model !== undefined && triggers.model !== null && (
          <>
            {' '}
            · model <code>{triggers.model}</code>
          </>
        )}
      </span>
    </>
  );
}
