import { useMutation, useQueryClient } from '@tanstack/react-query';
import { callJson } from '../api/client';
import { taskQuery } from '../api/queries';
import type { TaskDetail } from '../api/types';
import { notifyFailure } from '../ui/notify';

/** Takes an attempt's patch; the answer is the task's new state. */
export function useChooseAttempt(id: string, onChosen: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (number: number) => callJson<TaskDetail>(`/api/tasks/${encodeURIComponent(id)}/attempts/${number}/choose`, { method: 'POST' }),
    onSuccess: (task) => {
      queries.setQueryData(taskQuery(id).queryKey, task);
      void queries.invalidateQueries({ queryKey: ['tasks'] });
      onChosen();
    },
    onError: (error) => {
      notifyFailure('The attempt was not chosen', error);
      void queries.invalidateQueries({ queryKey: taskQuery(id).queryKey, exact: true });
    },
  });
}
