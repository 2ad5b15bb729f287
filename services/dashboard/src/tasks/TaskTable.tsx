import { Skeleton } from '@mantine/core';
import { Link } from 'react-router';
import type { TaskSummary } from '../api/types';
import { MessageCircleQuestionMark, MessageSquareDiff } from '../ui/icons';
import { stageName } from '../task/stages';
import { repositoryName } from '../ui/repositoryName';
import { PullRequestBadge, TaskBadge } from '../ui/StateBadge';
import { formatAgo, formatInstant, formatSeconds, secondsBetween } from '../ui/time';
import { useNow } from '../ui/useNow';
import { isTerminal } from './isTerminal';
import classes from './TaskTable.module.css';

/** Tasks as a table, and as cards where the screen is narrow. */
export function TaskTable({ tasks }: { tasks: readonly TaskSummary[] }) {
  const anyActive = tasks.some((task) => !isTerminal(task.state));
  const now = useNow(true, anyActive ? 1000 : 30_000);
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">State</th>
          <th scope="col">Task</th>
          <th scope="col">Repository</th>
          <th scope="col">Brain</th>
          <th scope="col" className={classes.number}>Candidates</th>
          <th scope="col" className={classes.number}>Duration</th>
          <th scope="col">Pull request</th>
        </tr>
      </thead>
      <tbody>
        {tasks.map((task) => (
          <Row key={task.id} task={task} now={now} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ task, now }: { task: TaskSummary; now: number }) {
  const active = !isTerminal(task.state);
  return (
    <tr className={classes.row}>
      <td className={classes.state}>
        <TaskBadge state={task.state} />
      </td>
      <td className={classes.task}>
        <Link to={`/tasks/${task.id}`} className={classes.title} data-row>
          {task.title}
        </Link>
        <div className={classes.note}>
          {task.kind === 'ask' && (
            <span className={classes.question}>
              <MessageCircleQuestionMark size={13} aria-hidden="true" /> Question
            </span>
          )}
          {task.kind === 'review' && (
            <span className={classes.question}>
              <MessageSquareDiff size={13} aria-hidden="true" /> Review
            </span>
          )}
          {task.state === 'running' && task.stage !== null ? (
            <span className={classes.stage}>{stageName(task.stage)}</span>
          ) : (
            !active && task.state !== 'succeeded' && task.reason !== null && <span className={classes.reason}>{task.reason}</span>
          )}
          <time dateTime={task.created_at} title={formatInstant(task.created_at)}>
            {formatAgo(task.created_at, now)}
          </time>
        </div>
      </td>
      <td className={classes.repository} title={task.repository}>
        <span className={classes.name}>{repositoryName(task.repository)}</span>
        <span className={classes.base}>{task.base_ref}</span>
      </td>
      <td className={classes.brain}>{task.brain}</td>
      <td className={classes.candidates}>
        {task.candidates_tried > 0 ? task.candidates_tried.toLocaleString('en') : <span className={classes.none}>–</span>}
        <span className={classes.unit}> candidates</span>
      </td>
      <td className={classes.duration}>
        {task.started_at === null ? (
          <span className={classes.none}>{active ? 'waiting' : '–'}</span>
        ) : (
          formatSeconds(active ? Math.floor(secondsBetween(task.started_at, null, now)) : secondsBetween(task.started_at, task.finished_at, now))
        )}
      </td>
      <td className={classes.pull}>
        {task.pull_request_number !== null && (
          <Link to={`/pulls/${task.pull_request_number}`} className={classes.pullLink}>
            <PullRequestBadge state={task.pull_request_state ?? 'open'} prefix={`#${task.pull_request_number}`} />
          </Link>
        )}
      </td>
    </tr>
  );
}

TaskTable.Skeleton = function TaskTableSkeleton() {
  return (
    <div aria-label="Loading" className={classes.skeleton}>
      {Array.from({ length: 6 }, (_, index) => (
        <Skeleton key={index} height={64} radius="md" />
      ))}
    </div>
  );
};
