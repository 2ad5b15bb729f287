/** Attempts of a scripted task: one, or three for a task whose prompt speaks of callers. */
const used = (wall_seconds, input_tokens = 0, output_tokens = 0, cost = 0) => ({ wall_seconds, input_tokens, cached_input_tokens: 0, output_tokens, cost });
const nothing = { reason: null, model: null, temperature: null, verified: false, tests_passed: null, regressions: null, still_failing: null, patch_lines: null, rank: null, prompt_number: 1, base_commit: null, continues: null, early_end: null };

export function attemptsOf(task) {
  const base = { epoch: 1, worker: task.started_at ? 'repair-1' : null, started_at: task.started_at, finished_at: task.finished_at };
  const state = task.state === 'publishing' ? 'succeeded' : task.state;
  if (!/callers/.test(task.prompt) || state !== 'succeeded') {
    return [{ ...nothing, ...base, id: task.id, number: 1, state, reason: task.reason, candidates_tried: task.candidates, brain: 'repair', usage: used(0), is_chosen: state === 'succeeded' }];
  }
  const verified = { ...nothing, ...base, state, reason: 'proven', verified: true, tests_passed: 43, regressions: 0, still_failing: 0 };
  const chosen = task.chosen ?? 3;
  return [
    { ...verified, id: `${task.id}-1`, number: 1, candidates_tried: task.candidates, brain: 'repair', patch_lines: 34, usage: used(19.4), rank: 2 },
    { ...verified, id: `${task.id}-2`, number: 2, candidates_tried: 0, brain: 'model', model: 'small', temperature: 0.2, state: 'no_change', reason: 'the patch was not verified: it breaks 3 tests that passed before', verified: false, tests_passed: 40, regressions: 3, patch_lines: 12, usage: used(41.8, 84_210, 3_914, 0.0421) },
    { ...verified, id: `${task.id}-3`, number: 3, candidates_tried: 0, brain: 'model', model: 'team/large:2', temperature: 0.35, patch_lines: 6, usage: used(63.2, 120_480, 5_022, 0.4311), rank: 1 },
  ].map((attempt) => ({ ...attempt, is_chosen: attempt.number === chosen }));
}

export function attemptDetail(task, number) {
  const attempt = attemptsOf(task).find((one) => one.number === number);
  return attempt && { attempt, title: task.title, summary: task.result, patch: task.patch, verification: task.verification && { ...task.verification, verified: attempt.verified } };
}

export function choose(task, number) {
  const attempt = attemptsOf(task).find((one) => one.number === number);
  if (attempt?.verified !== true || task.pull_request?.state !== 'open') return false;
  task.chosen = number;
  return true;
}
