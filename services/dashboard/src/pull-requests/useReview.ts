import { useMutation, useQueryClient } from '@tanstack/react-query';
import { callJson } from '../api/client';
import { pullRequestQuery } from '../api/queries';
import type { PullRequestInfo } from '../api/pullRequestTypes';
import { notifyFailure } from '../ui/notify';

export function useReview(number: number) {
  const queries = useQueryClient();
  const refresh = () => {
    void queries.invalidateQueries({ queryKey: ['pull-requests'] });
    void queries.invalidateQueries({ queryKey: ['tasks'] });
  };
  const action = (verb: 'merge' | 'close', failure: string) => ({
    mutationFn: () => callJson<PullRequestInfo>(`/api/pull-requests/${number}/${verb}`, { method: 'POST' }),
    onSuccess: (pull: PullRequestInfo) => {
      queries.setQueryData(pullRequestQuery(number).queryKey, pull);
      refresh();
    },
    onError: (error: unknown) => {
      notifyFailure(failure, error);
      void queries.invalidateQueries({ queryKey: pullRequestQuery(number).queryKey });
    },
  });
  return {
    merge: useMutation(action('merge', 'The pull request was not merged')),
    close: useMutation(action('close', 'The pull request was not closed')),
  };
}
