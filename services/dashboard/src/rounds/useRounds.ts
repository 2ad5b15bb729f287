import { useMutation, useQueryClient } from '@tanstack/react-query';
import { callJson } from '../api/client';
import { budgetQuery, taskQuery } from '../api/queries';
import type { ContinueTaskRequest, FollowUpRequest, TaskDetail } from '../api/types';

/** Begins another round of a task; the answer is the task's new state. */
export function useRounds(id: string, onBegun: () => void) {
  const queries = useQueryClient();
  const begin = <Body>(verb: 'follow-ups' | 'continue') => ({
    mutationFn: (body: Body) => callJson<TaskDetail>(`/api/tasks/${encodeURIComponent(id)}/${verb}`, { method: 'POST', body }),
    onSuccess: (task: TaskDetail) => {
      queries.setQueryData(taskQuery(id).queryKey, task);
      void queries.invalidateQueries({ queryKey: ['tasks'] });
      void queries.invalidateQueries({ queryKey: budgetQuery.queryKey });
      onBegun();
    },
  });
  return {
    followUp: useMutation(begin<FollowUpRequest>('follow-ups')),
    goOn: useMutation(begin<ContinueTaskRequest>('continue')),
  };
}
