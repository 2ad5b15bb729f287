import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { callJson } from '../api/client';
import { budgetQuery, pullRequestQuery, reviewsQuery, taskQuery } from '../api/queries';
import type { PullRequestInfo, ReviewInfo, SubmitReviewRequest } from '../api/pullRequestTypes';
import { IdempotencyKeys } from '../submit/idempotency';

/** Sends a review once, however often it is pressed. */
export function useSubmitReview({ number, task_id: taskId }: PullRequestInfo, onSent: () => void) {
  const queries = useQueryClient();
  const [keys] = useState(() => new IdempotencyKeys());
  return useMutation({
    mutationFn: (body: SubmitReviewRequest) =>
      callJson<ReviewInfo>(`/api/pull-requests/${number}/reviews`, { method: 'POST', body, headers: { 'Idempotency-Key': keys.keyFor(body) } }),
    onSuccess: () => {
      keys.used();
      onSent();
    },
    // What was refused did not fit the pull request as it is by now, so look again.
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: reviewsQuery(number).queryKey });
      void queries.invalidateQueries({ queryKey: pullRequestQuery(number).queryKey, exact: true });
      void queries.invalidateQueries({ queryKey: taskQuery(taskId).queryKey });
      void queries.invalidateQueries({ queryKey: ['tasks'] });
      void queries.invalidateQueries({ queryKey: budgetQuery.queryKey });
    },
  });
}
