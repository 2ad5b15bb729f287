import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { callJson } from '../api/client';
import { taskQuery } from '../api/queries';
import { openEventStream, type StreamStatus } from '../api/eventStream';
import type { TaskEventInfo } from '../api/types';
import { appendEvents, emptyLog, hasGap, type EventLog } from './eventLog';

/** Events arrive one by one; the page is drawn at most this often. */
const drawEvery = 100;
/** These come several a second and change nothing but counters. */
const quietTypes = new Set(['progressed']);

export interface TaskEvents {
  log: EventLog;
  status: StreamStatus;
}

/**
 * Follows a task's event log: gapless and without repeats through reloads and reconnects.
 * @param generation A new value opens the stream again, for a task that was retried after its end.
 */
export function useTaskEvents(taskId: string, generation = 0): TaskEvents {
  const queries = useQueryClient();
  const [state, setState] = useState<TaskEvents>({ log: emptyLog, status: 'connecting' });

  useEffect(() => {
    const base = `/api/tasks/${encodeURIComponent(taskId)}`;
    const abort = new AbortController();
    let log = emptyLog;
    let status: StreamStatus = 'connecting';
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stale = false;
    let filling = false;

    const draw = () => {
      timer = undefined;
      setState({ log, status });
      if (stale) {
        stale = false;
        void queries.invalidateQueries({ queryKey: ['task', taskId], exact: true });
        void queries.invalidateQueries({ queryKey: ['pull-request'] });
      }
    };
    const drawSoon = () => {
      timer ??= setTimeout(draw, drawEvery);
    };
    const fillGap = async () => {
      filling = true;
      try {
        const missing = await callJson<TaskEventInfo[]>(`${base}/log?after=${log.lastSeq}&limit=1000`, { signal: abort.signal });
        log = appendEvents(log, missing);
        drawSoon();
      } catch {
        // The next event, or the next reconnect, asks again.
      } finally {
        filling = false;
      }
    };

    const close = openEventStream({
      url: () => `${base}/events?after=${log.lastSeq}`,
      events: ['event'],
      endEvent: 'end',
      onEvent: (_, data) => {
        const event = JSON.parse(data) as TaskEventInfo;
        log = appendEvents(log, [event]);
        const known = queries.getQueryData(taskQuery(taskId).queryKey)?.last_seq ?? 0;
        stale ||= event.seq > known && !quietTypes.has(event.type);
        drawSoon();
        if (hasGap(log) && !filling) {
          void fillGap();
        }
      },
      onStatus: (next) => {
        status = next;
        stale ||= next === 'ended';
        drawSoon();
      },
    });
    return () => {
      close();
      abort.abort();
      clearTimeout(timer);
    };
  }, [taskId, generation, queries]);

  return state;
}
