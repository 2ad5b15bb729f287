import type { TaskEventInfo } from '../api/types';

/** A task's event log as far as it has arrived: gapless from 1 to `lastSeq`, each event once. */
export interface EventLog {
  readonly events: readonly TaskEventInfo[];
  readonly lastSeq: number;
  /** Events that arrived ahead of a missing one; they join `events` once the gap is filled. */
  readonly ahead: ReadonlyMap<number, TaskEventInfo>;
}

export const emptyLog: EventLog = { events: [], lastSeq: 0, ahead: new Map() };

/** Adds events in any order: repeats are dropped, events after a gap wait. */
export function appendEvents(log: EventLog, incoming: readonly TaskEventInfo[]): EventLog {
  const fresh = incoming.filter((event) => event.seq > log.lastSeq && !log.ahead.has(event.seq));
  if (fresh.length === 0) {
    return log;
  }
  const ahead = new Map(log.ahead);
  fresh.forEach((event) => ahead.set(event.seq, event));

  const ready: TaskEventInfo[] = [];
  let lastSeq = log.lastSeq;
  for (let next = ahead.get(lastSeq + 1); next !== undefined; next = ahead.get(lastSeq + 1)) {
    ahead.delete(next.seq);
    ready.push(next);
    lastSeq = next.seq;
  }
  return { events: ready.length === 0 ? log.events : [...log.events, ...ready], lastSeq, ahead };
}

export const hasGap = (log: EventLog): boolean => log.ahead.size > 0;
