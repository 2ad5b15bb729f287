import { Link } from 'react-router';
import type { TaskSummary } from '../api/types';
import { taskLooks } from '../ui/StateBadge';
import { formatSeconds, plural, secondsBetween } from '../ui/time';
import classes from './RecentRuns.module.css';

const most = 32;

/** One bar per recent task that has started: its colour is the state, its height the duration. */
export function RecentRuns({ tasks }: { tasks: readonly TaskSummary[] }) {
  const runs = tasks.filter((task) => task.finished_at !== null && task.started_at !== null).slice(0, most).reverse();
  if (runs.length < 3) {
    return null;
  }
  const seconds = runs.map((task) => secondsBetween(task.started_at ?? task.created_at, task.finished_at, 0));
  const longest = Math.max(...seconds, 1);
  const succeeded = runs.filter((task) => task.state === 'succeeded').length;
  return (
    <figure className={classes.figure}>
      <div className={classes.bars} aria-hidden="true">
        {runs.map((task, index) => {
          const look = taskLooks[task.state];
          const duration = seconds[index] ?? 0;
          return (
            <Link
              key={task.id}
              to={`/tasks/${task.id}`}
              tabIndex={-1}
              className={classes.slot}
              data-tone={look.tone}
              title={`${task.title}\n${look.label} in ${formatSeconds(duration)}`}
            >
              {/* The square root keeps short runs visible beside long ones. */}
              <span className={classes.bar} style={{ height: `${Math.round(12 + 88 * Math.sqrt(duration / longest))}%` }} />
            </Link>
          );
        })}
      </div>
      <figcaption className={classes.caption}>
        {succeeded} of the last {plural(runs.length, 'task')} verified
      </figcaption>
    </figure>
  );
}
