import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { callJson } from '../api/client';
import { taskQuery } from '../api/queries';
import type { SubmitTaskRequest, TaskDetail } from '../api/types';
import { IdempotencyKeys } from './idempotency';

export function useSubmitTask(onSubmitted: (task: TaskDetail) => void) {
  const queries = useQueryClient();
  const [keys] = useState(() => new IdempotencyKeys());
  return useMutation({
    mutationFn: (body: SubmitTaskRequest) =>
      callJson<TaskDetail>('/api/tasks', { method: 'POST', body, headers: { 'Idempotency-Key': keys.keyFor(body) } }),
    onSuccess: (task) => {
      keys.used();
      queries.setQueryData(taskQuery(task.summary.id).queryKey, task);
      void queries.invalidateQueries({ queryKey: ['tasks'] });
      onSubmitted(task);
    },
  });
}
