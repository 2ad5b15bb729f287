import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { openEventStream, type StreamStatus } from '../api/eventStream';
import { tasksQuery } from '../api/queries';
import type { TaskState, TaskSummary } from '../api/types';
import { mergeTasks } from './taskPages';

/** A burst of submissions redraws the list at most this often. */
const drawEvery = 150;

/** Keeps the loaded task list up to date while it is shown. */
export function useLiveTasks(filter: TaskState | null): StreamStatus {
  const queries = useQueryClient();
  const [status, setStatus] = useState<StreamStatus>('connecting');

  useEffect(() => {
    const waiting = new Map<string, TaskSummary>();
    const key = tasksQuery(filter).queryKey;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wasLive = false;

    const draw = () => {
      timer = undefined;
      const changed = [...waiting.values()];
      waiting.clear();
      queries.setQueryData(key, (pages) => pages && mergeTasks(pages, changed, filter));
    };
    const close = openEventStream({
      url: () => '/api/tasks/events',
      events: ['task'],
      onEvent: (_, data) => {
        const task = JSON.parse(data) as TaskSummary;
        waiting.set(task.id, task);
        timer ??= setTimeout(draw, drawEvery);
      },
      onStatus: (next) => {
        setStatus(next);
        if (next === 'live' && wasLive) {
          void queries.invalidateQueries({ queryKey: key }); // What changed meanwhile was not streamed.
        }
        wasLive ||= next === 'live';
      },
    });
    return () => {
      close();
      clearTimeout(timer);
    };
  }, [filter, queries]);

  return status;
}
