import { ChevronDown } from '../ui/icons';
import { memo, useState } from 'react';
import type { TaskEventInfo } from '../api/types';
import { formatInstant, formatSeconds } from '../ui/time';
import { lookOf } from './eventLooks';
import classes from './LogView.module.css';

interface LogLineProps {
  event: TaskEventInfo;
  /** Instant that the times count from. */
  start: string;
}

export const LogLine = memo(function LogLine({ event, start }: LogLineProps) {
  const [open, setOpen] = useState(false);
  const look = lookOf(event);
  const Icon = look.icon;
  const facts = event.data !== null && Object.keys(event.data).length > 0 ? event.data : null;
  const command = event.type === 'command_finished' ? event.data : null;
  const line = command?.['command'];
  const exitCode = command?.['exit_code'];
  const seconds = command?.['seconds'];
  return (
    <>
      <div className={classes.line} data-tone={look.tone} data-strong={look.strong} data-seq={event.seq}>
        <time className={classes.time} dateTime={event.at} title={formatInstant(event.at)}>
          {offset(start, event.at)}
        </time>
        <Icon size={15} aria-hidden="true" className={classes.icon} />
        <span className={classes.message}>
          {typeof line === 'string' ? <code className={classes.command}>{line}</code> : event.message}
          {event.attempt !== null && event.attempt > 1 && <span className={classes.chip}>attempt {event.attempt}</span>}
          {typeof command?.['phase'] === 'string' && <span className={classes.chip}>{command['phase'] === 'before' ? 'before the patch' : 'with the patch'}</span>}
          {typeof exitCode === 'number' && (
            <span className={classes.chip} data-exit={exitCode === 0 ? 'zero' : 'other'}>
              exit {exitCode}
            </span>
          )}
          {typeof seconds === 'number' && <span className={classes.chip}>{formatSeconds(seconds)}</span>}
        </span>
        {facts !== null && (
          <button type="button" className={classes.more} aria-expanded={open} aria-label={`Facts of event ${event.seq}`} onClick={() => setOpen(!open)}>
            <ChevronDown size={14} aria-hidden="true" />
          </button>
        )}
      </div>
      {open && facts !== null && (
        <pre className={classes.facts}>{JSON.stringify({ seq: event.seq, type: event.type, ...facts }, null, 2)}</pre>
      )}
    </>
  );
});

/** `00:12.3` since the task was submitted. */
function offset(start: string, at: string): string {
  const seconds = Math.max(0, (Date.parse(at) - Date.parse(start)) / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = String(Math.floor((seconds % 3600) / 60)).padStart(2, '0');
  const rest = (seconds % 60).toFixed(1).padStart(4, '0');
  return hours > 0 ? `${hours}:${minutes}:${rest}` : `${minutes}:${rest}`;
}
