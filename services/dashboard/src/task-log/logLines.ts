import type { TaskEventInfo } from '../api/types';

export type LogScope = 'steps' | 'commands' | 'everything';

/** Progress reports of one stage follow each other by the hundred: only the last of a run is a line. */
function foldProgress(events: readonly TaskEventInfo[]): TaskEventInfo[] {
  return events.filter((event, index) => {
    const next = events[index + 1];
    return event.type !== 'progressed' || next?.type !== 'progressed' || next.attempt !== event.attempt;
  });
}

/** The events that the log shows under its filters. */
export function logLines(events: readonly TaskEventInfo[], scope: LogScope, words: string): TaskEventInfo[] {
  const scoped =
    scope === 'everything'
      ? [...events]
      : scope === 'commands'
        ? events.filter((event) => event.type === 'command_finished')
        : foldProgress(events);
  const wanted = words.trim().toLowerCase();
  return wanted === ''
    ? scoped
    : scoped.filter((event) => `${event.message} ${event.type} ${JSON.stringify(event.data ?? '')}`.toLowerCase().includes(wanted));
}
