import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { ChevronLeft, Download, FolderGit2, GitBranch, GitPullRequest, RotateCcw, Square, Timer } from '../ui/icons';
import { Link } from 'react-router';
import type { TaskDetail } from '../api/types';
import { isTerminal } from '../tasks/isTerminal';
import { ConfirmDialog } from '../ui/ConfirmDialog';
import { canRetry } from '../rounds/rounds';
import { repositoryName } from '../ui/repositoryName';
import { PullRequestBadge, TaskBadge } from '../ui/StateBadge';
import { formatAgo, formatInstant, formatSeconds, secondsBetween } from '../ui/time';
import { useNow } from '../ui/useNow';
import classes from './TaskPage.module.css';
import { useTaskActions } from './useTaskActions';

interface TaskHeaderProps {
  task: TaskDetail;
  onRetried: () => void;
}

export function TaskHeader({ task, onRetried }: TaskHeaderProps) {
  const { summary } = task;
  const active = !isTerminal(summary.state);
  const now = useNow(true, active ? 1000 : 30_000);
  const [asking, ask] = useDisclosure(false);
  const { cancel, retry } = useTaskActions(summary.id, onRetried);
  const stopping = active && task.cancel_requested;
  const seconds = summary.started_at === null ? null : secondsBetween(summary.started_at, summary.finished_at, now);

  return (
    <header>
      <Link to="/" className={classes.crumb}>
        <ChevronLeft size={15} aria-hidden="true" /> Tasks
      </Link>
      <div className={classes.head}>
        <div>
          <h1 className={classes.title}>{summary.title}</h1>
          <div className={classes.facts}>
            <TaskBadge state={summary.state} large />
            {summary.pull_request_number !== null && (
              <PullRequestBadge state={summary.pull_request_state ?? 'open'} prefix={`#${summary.pull_request_number}`} large />
            )}
            <span className={classes.fact} title={summary.repository}>
              <FolderGit2 size={15} aria-hidden="true" /> {repositoryName(summary.repository)}
            </span>
            <span className={classes.fact}>
              <GitBranch size={15} aria-hidden="true" /> {summary.base_ref}
            </span>
            {seconds !== null && (
              <span className={classes.fact}>
                <Timer size={15} aria-hidden="true" /> {formatSeconds(active ? Math.floor(seconds) : seconds)}
              </span>
            )}
            <time dateTime={summary.created_at} title={formatInstant(summary.created_at)}>
              submitted {formatAgo(summary.created_at, now)}
            </time>
          </div>
        </div>
        <div className={classes.actions}>
          {task.patch !== null && (
            <Button component="a" href={`/api/tasks/${summary.id}/patch`} download variant="default" leftSection={<Download size={16} />}>
              Patch
            </Button>
          )}
          {active && (
            <Button variant="default" leftSection={<Square size={14} />} onClick={ask.open} disabled={stopping} loading={cancel.isPending}>
              {stopping ? 'Stopping…' : 'Cancel'}
            </Button>
          )}
          {canRetry(task) && (
            <Button variant="default" leftSection={<RotateCcw size={16} />} onClick={() => retry.mutate()} loading={retry.isPending}>
              Retry
            </Button>
          )}
          {summary.pull_request_number !== null && (
            <Button component={Link} to={`/pulls/${summary.pull_request_number}`} leftSection={<GitPullRequest size={16} />}>
              Pull request #{summary.pull_request_number}
            </Button>
          )}
        </div>
      </div>
      <ConfirmDialog
        opened={asking}
        onClose={ask.close}
        title="Cancel this task?"
        confirm="Cancel the task"
        danger
        busy={cancel.isPending}
        onConfirm={() => cancel.mutate(undefined, { onSettled: ask.close })}
      >
        The sandbox is stopped and removed{summary.kind === 'ask' || summary.kind === 'review' ? '' : '. What the attempt has changed so far is kept as a patch'}, and the task can be retried.
      </ConfirmDialog>
    </header>
  );
}
