import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { callJson } from '../api/client';
import type { PullRequestInfo } from '../api/pullRequestTypes';
import type { TaskState } from '../api/types';
import { isTerminal } from '../tasks/isTerminal';
import { GitMerge } from '../ui/icons';
import { notifyFailure } from '../ui/notify';
import { PathWarning } from '../ui/PathWarning';
import classes from './Conflicts.module.css';

/** How long the answer to one click is waited for before another one is offered. */
const askedForMs = 15_000;

interface ConflictActionsProps {
  pull: PullRequestInfo;
  taskState: TaskState | null;
}

/** What is in conflict with the base branch, and the follow-up that resolves it. */
export function ConflictActions({ pull, taskState }: ConflictActionsProps) {
  const queries = useQueryClient();
  const resolve = useMutation({
    mutationFn: () => callJson<PullRequestInfo>(`/api/pull-requests/${pull.number}/resolve-conflicts`, { method: 'POST' }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['pull-requests'] });
      void queries.invalidateQueries({ queryKey: ['tasks'] });
    },
    onError: (error: unknown) => notifyFailure('The conflicts are not looked at', error),
  });
  const { isSuccess: isAsked, reset } = resolve;
  useEffect(() => {
    if (!isAsked) {
      return undefined;
    }
    const again = setTimeout(reset, askedForMs);
    return () => clearTimeout(again);
  }, [isAsked, reset]);
  const conflicts = pull.conflicts ?? [];
  const works = taskState !== null && !isTerminal(taskState);
  const button = (
    <Button
      fullWidth
      variant={conflicts.length > 0 ? 'filled' : 'subtle'}
      leftSection={<GitMerge size={17} />}
      loading={resolve.isPending}
      disabled={works || isAsked}
      onClick={() => resolve.mutate()}
    >
      {conflicts.length > 0 ? 'Resolve conflicts' : `Check for conflicts with ${pull.base_ref}`}
    </Button>
  );
  return (
    <>
      {conflicts.length > 0 && (
        <PathWarning title={`In conflict with ${pull.base_ref}`} paths={conflicts}>
          {button}
        </PathWarning>
      )}
      {conflicts.length === 0 && !works && button}
      {works && <p className={classes.small}>The task is at work; its commit comes onto this pull request.</p>}
      {!works && isAsked && <p className={classes.small}>Asked. The task&rsquo;s log tells in a moment what comes of it.</p>}
    </>
  );
}
