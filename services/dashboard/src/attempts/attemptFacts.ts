import type { AttemptInfo, TaskDetail } from '../api/types';

/** Verified ones in the order of their rank, then the others; those of earlier rounds stay in their place among these. */
export const ranked = (attempts: readonly AttemptInfo[]): AttemptInfo[] =>
  [...attempts].sort((a, b) => (a.rank ?? Number.MAX_SAFE_INTEGER) - (b.rank ?? Number.MAX_SAFE_INTEGER) || a.number - b.number);

/** The one to look at first: the chosen one, else the best so far, else the first. */
export const shownFirst = (attempts: readonly AttemptInfo[]): AttemptInfo | undefined => attempts.find((one) => one.is_chosen) ?? ranked(attempts)[0];

/** "model large at 0.35" */
export const worksWith = (attempt: AttemptInfo): string =>
  [attempt.brain, attempt.model, attempt.temperature === null ? null : `at ${attempt.temperature}`].filter((part) => part !== null).join(' ');

/** Whether a person can take this attempt's patch now, also the chosen one's where another pick could not be published; the service has the last word. */
export const canChoose = (task: TaskDetail, attempt: AttemptInfo): boolean =>
  attempt.rank !== null &&
  (!attempt.is_chosen || task.summary.state === 'failed' || (task.last_round ?? null) !== null) &&
  task.summary.state !== 'publishing' &&
  (task.pull_request === null || task.pull_request.state === 'open');

/** What taking it leads to, for the question before. */
export function consequence(task: TaskDetail, attempt: AttemptInfo): string {
  if (task.attempts.some((one) => one.state === 'running' || one.state === 'queued')) {
    return 'The other attempts are stopped, and what they have changed so far is kept. Then a pull request is opened with this patch.';
  }
  if (attempt.is_chosen && task.pull_request !== null) {
    return `Pull request #${task.pull_request.number} stays as it is; that another patch could not be published is settled with that.`;
  }
  return task.pull_request === null
    ? 'A pull request is opened with this patch.'
    : `Pull request #${task.pull_request.number} gets this patch in place of the one that it has now.`;
}
