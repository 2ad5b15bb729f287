import type { PullRequestInfo, PullRequestState, TaskState, TaskSummary } from '../src/api/types';

/** A task and its pull request as the API tells them. */
export const summary = (state: TaskState): TaskSummary => ({
  id: 't1', title: 'Fix it', repository: '/home/me/shop', base_ref: 'main', state, reason: null, brain: 'model', stage: null, candidates_tried: 0,
  created_at: '2026-01-01T00:00:00Z', started_at: null, finished_at: null, pull_request_number: null, pull_request_state: null,
});

export const pull = (state: PullRequestState): PullRequestInfo => ({
  number: 7, task_id: 't1', url: '/pulls/7', title: 'Fix it', body: '', state, repository: '/home/me/shop', base_ref: 'main', branch: 'codex/fix',
  head_commit: '2222', merge_commit: null, note: null, held_for_approval: [], created_at: '2026-01-01T00:00:00Z', closed_at: null,
});
