import { useMutation, useQueryClient } from '@tanstack/react-query';
import { callJson } from '../api/client';
import { taskQuery } from '../api/queries';
import type { TaskDetail } from '../api/types';
import { notifyFailure } from '../ui/notify';

/** Stop and retry; the answer is the task's new state. */
export function useTaskActions(id: string, onRetried: () => void) {
  const queries = useQueryClient();
  const store = (task: TaskDetail) => {
    queries.setQueryData(taskQuery(id).queryKey, task);
    void queries.invalidateQueries({ queryKey: ['tasks'] });
  };
  const post = (verb: 'cancel' | 'retry') => callJson<TaskDetail>(`/api/tasks/${encodeURIComponent(id)}/${verb}`, { method: 'POST' });

  const cancel = useMutation({
    mutationFn: () => post('cancel'),
    onSuccess: store,
    onError: (error) => notifyFailure('The task was not cancelled', error),
  });
  const retry = useMutation({
    mutationFn: () => post('retry'),
    onSuccess: (task) => {
      store(task);
      onRetried();
    },
    onError: (error) => notifyFailure('The task was not retried', error),
  });
  return { cancel, retry };
}
