import { Button, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { GitPullRequest } from '../ui/icons';
import { Link, useSearchParams } from 'react-router';
import { describeError } from '../api/problem';
import { pullRequestsQuery } from '../api/queries';
import type { PullRequestState } from '../api/pullRequestTypes';
import { rowShortcuts, useShortcuts } from '../app/useShortcuts';
import { EmptyState } from '../ui/EmptyState';
import { FilterBar } from '../ui/FilterBar';
import { LoadMore } from '../ui/LoadMore';
import { Notice } from '../ui/Notice';
import { repositoryName } from '../ui/repositoryName';
import { PullRequestBadge, pullRequestLooks } from '../ui/StateBadge';
import { formatAgo, formatInstant } from '../ui/time';
import { useNow } from '../ui/useNow';
import { usePageTitle } from '../ui/usePageTitle';
import classes from './PullRequests.module.css';

const states = ['open', 'merging', 'merged', 'closed'] as const satisfies readonly PullRequestState[];
const filters = states.map((state) => ({ value: state, label: pullRequestLooks[state].label }));
const shortcuts = rowShortcuts();

export function PullRequestsPage() {
  usePageTitle('Pull requests');
  const [params, setParams] = useSearchParams();
  const state = states.find((known) => known === params.get('state')) ?? null;
  const pulls = useInfiniteQuery({ ...pullRequestsQuery(state), refetchInterval: 15_000 });
  const now = useNow(true, 30_000);
  useShortcuts(shortcuts);
  const shown = pulls.data?.pages.flatMap((page) => page.items) ?? [];

  return (
    <>
      <h1 className={classes.title}>Pull requests</h1>
      <div className={classes.tools}>
        <FilterBar label="State" options={filters} value={state} onChange={(value) => setParams(value === null ? {} : { state: value }, { replace: true })} />
      </div>
      {pulls.isError && <Notice tone="danger">{describeError(pulls.error)}</Notice>}
      {pulls.isPending && <Skeleton height={240} radius="lg" aria-label="Loading" />}
      {pulls.isSuccess && shown.length === 0 && (
        <EmptyState
          icon={GitPullRequest}
          title={state === null ? 'No pull requests yet' : `No pull request is ${pullRequestLooks[state].label.toLowerCase()}`}
          action={
            state === null ? (
              <Button component={Link} to="/new">
                New task
              </Button>
            ) : undefined
          }
        >
          A task whose patch is verified opens one. Read it here, then approve it or close it.
        </EmptyState>
      )}
      {shown.length > 0 && (
        <ul className={classes.pulls}>
          {shown.map((pull) => (
            <li key={pull.number} className={classes.pull}>
              <PullRequestBadge state={pull.state} />
              <div className={classes.what}>
                <Link to={`/pulls/${pull.number}`} className={classes.link} data-row>
                  {pull.title} <span className={classes.number}>#{pull.number}</span>
                </Link>
                <span className={classes.where}>
                  {repositoryName(pull.repository)} · {pull.branch} → {pull.base_ref}
                </span>
              </div>
              <time className={classes.when} dateTime={pull.created_at} title={formatInstant(pull.created_at)}>
                {formatAgo(pull.created_at, now)}
              </time>
            </li>
          ))}
        </ul>
      )}
      <LoadMore query={pulls} what="older pull requests" />
    </>
  );
}
