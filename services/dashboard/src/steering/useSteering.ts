import { useMutation, useQueryClient } from '@tanstack/react-query';
import { callJson } from '../api/client';
import { taskQuery } from '../api/queries';
import type { ApprovePlanRequest, SendMessageRequest, TaskDetail, TaskMessageInfo } from '../api/types';
import { notifyFailure } from '../ui/notify';

/** What a person does to a task while it runs; the answers are the task's new state. */
export function useSteering(id: string) {
  const queries = useQueryClient();
  const base = `/api/tasks/${encodeURIComponent(id)}`;
  const refresh = () => {
    void queries.invalidateQueries({ queryKey: taskQuery(id).queryKey });
    void queries.invalidateQueries({ queryKey: ['tasks'] });
  };
  const store = (task: TaskDetail) => {
    queries.setQueryData(taskQuery(id).queryKey, task);
    void queries.invalidateQueries({ queryKey: ['tasks'] });
  };
  // What was refused did not fit the task as it is by now, so look again.
  const fail = (what: string) => (error: unknown) => {
    notifyFailure(what, error);
    refresh();
  };

  return {
    pause: useMutation({
      mutationFn: () => callJson<TaskDetail>(`${base}/pause`, { method: 'POST' }),
      onSuccess: store,
      onError: fail('The task was not paused'),
    }),
    resume: useMutation({
      mutationFn: () => callJson<TaskDetail>(`${base}/resume`, { method: 'POST' }),
      onSuccess: store,
      onError: fail('The task was not resumed'),
    }),
    say: useMutation({
      mutationFn: (body: SendMessageRequest) => callJson<TaskMessageInfo>(`${base}/messages`, { method: 'POST', body }),
      onSuccess: refresh,
      onError: fail('The message was not sent'),
    }),
    approve: useMutation({
      mutationFn: (body: ApprovePlanRequest) => callJson<TaskDetail>(`${base}/plan/approve`, { method: 'POST', body }),
      onSuccess: store,
      onError: fail('The plan was not approved'),
    }),
  };
}
