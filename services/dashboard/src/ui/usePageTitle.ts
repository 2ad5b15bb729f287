import { useEffect } from 'react';
import type { PullRequestState } from '../api/pullRequestTypes';
import type { TaskState } from '../api/types';

const icons: Partial<Record<TaskState | PullRequestState, string>> = {
  queued: 'waiting',
  running: 'running',
  paused: 'waiting',
  publishing: 'running',
  merging: 'running',
  succeeded: 'done',
  merged: 'done',
  failed: 'failed',
  no_change: 'waiting',
  timed_out: 'waiting',
};

/** Sets the tab's title and puts the state on its icon, so that a background tab tells how its task goes. */
export function usePageTitle(title: string, state?: TaskState | PullRequestState): void {
  useEffect(() => {
    document.title = `${title} · CodexService`;
    const suffix = state === undefined ? undefined : icons[state];
    document.getElementById('favicon')?.setAttribute('href', suffix === undefined ? '/favicon.svg' : `/favicon-${suffix}.svg`);
  }, [title, state]);
}
