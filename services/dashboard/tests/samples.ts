import type { PullRequestInfo, PullRequestState } from '../src/api/pullRequestTypes';
import type { AttemptInfo, TaskDetail, TaskState, TaskSummary } from '../src/api/types';

/** A task and its pull request as the API tells them. */
export const summary = (state: TaskState): TaskSummary => ({
  id: 't1', title: 'Fix it', repository: '/home/me/shop', base_ref: 'main', state, reason: null, brain: 'model', stage: null, candidates_tried: 0,
  created_at: '2026-01-01T00:00:00Z', started_at: null, finished_at: null, pull_request_number: null, pull_request_state: null,
});

export const pull = (state: PullRequestState): PullRequestInfo => ({
  number: 7, task_id: 't1', url: '/pulls/7', title: 'Fix it', body: '', state, repository: '/home/me/shop', base_ref: 'main', branch: 'codex/fix',
  head_commit: '2222', merge_commit: null, note: null, held_for_approval: [], created_at: '2026-01-01T00:00:00Z', closed_at: null,
});

export const attempt = (number: number, part: Partial<AttemptInfo> = {}): AttemptInfo => ({
  id: `a${number}`, number, state: 'no_change', reason: null, epoch: 1, worker: 'w', started_at: null, finished_at: null, candidates_tried: 0,
  prompt_number: 1, base_commit: null, continues: null, early_end: null,
  brain: 'model', model: null, temperature: null, verified: false, tests_passed: null, regressions: null, still_failing: null, patch_lines: null,
  usage: { wall_seconds: 0, input_tokens: 0, cached_input_tokens: 0, output_tokens: 0, cost: 0 }, rank: null, is_chosen: false, ...part,
});

export const task = (state: TaskState, part: Partial<TaskDetail> = {}): TaskDetail => ({
  summary: summary(state), prompt: 'p', test_command: 't', base_commit: null, head_commit: null, branch: null, timeout_seconds: 900,
  result_summary: null, patch: null, verification: null, pull_request: null, attempts: [attempt(1)],
  usage: { wall_seconds: 0, queue_seconds: 0, sandbox_ready_seconds: 0, candidates: 0, input_tokens: 0, output_tokens: 0, cached_input_tokens: 0, cost: 0 },
  cancel_requested: false, last_seq: 1, template: null, model: null, approve_plan: false, pause_requested: false, message_count: 0, plans: [],
  prompts: [{ number: 1, text: 'p', at: '2026-01-01T00:00:00Z', base_commit: null, test_command: 't' }],
  limits: { turns: null, tokens: null, cost: null }, used: { turns: 0, tokens: 0, cost: 0 }, submitted_by: null, ...part,
});
