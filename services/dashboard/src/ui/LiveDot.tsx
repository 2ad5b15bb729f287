import type { StreamStatus } from '../api/eventStream';
import classes from './LiveDot.module.css';

const labels: Record<StreamStatus, string> = {
  connecting: 'connecting',
  live: 'live',
  reconnecting: 'reconnecting',
  ended: 'complete',
};

/** Whether what is shown follows the service. */
export function LiveDot({ status }: { status: StreamStatus }) {
  return (
    <span className={classes.live} data-status={status} role="status">
      <span className={classes.dot} aria-hidden="true" />
      {labels[status]}
    </span>
  );
}
