import type { AttemptInfo, BudgetAmounts, ContinueTaskRequest, TaskDetail } from '../api/types';
import { isTerminal } from '../tasks/isTerminal';

/** Whether a follow-up has something to build on: the task has ended, and its pull request, if any, is open. A review has none. */
export const canFollowUp = (task: TaskDetail): boolean =>
  task.summary.kind !== 'review' && isTerminal(task.summary.state) && (task.pull_request === null || task.pull_request.state === 'open');

/** Whether the newest round ended without success and may be tried again: not once its pull request is merged or closed. */
export const canRetry = (task: TaskDetail): boolean =>
  isTerminal(task.summary.state) &&
  (task.summary.state !== 'succeeded' || (task.last_round ?? null) !== null) &&
  (task.pull_request === null || task.pull_request.state === 'open');

/** The attempt that more budget would go on with: the newest of the last round that ended early. */
export function continuable(task: TaskDetail): AttemptInfo | null {
  if (!canFollowUp(task)) {
    return null;
  }
  const newest = task.attempts.at(-1);
  const early = (attempt: AttemptInfo) => attempt.early_end !== null || attempt.state === 'timed_out' || attempt.state === 'cancelled';
  return newest !== undefined && early(newest) ? newest : null;
}

/** Why it ended, as the dialog says it. */
export function whyEnded(attempt: AttemptInfo): string {
  switch (attempt.early_end) {
    case 'limit':
      return `Attempt ${attempt.number} used up its budget.`;
    case 'stuck':
      return `Attempt ${attempt.number} went in circles.`;
    case 'no_answer':
      return `The model stopped answering in attempt ${attempt.number}.`;
    default:
      return attempt.state === 'timed_out' ? `Attempt ${attempt.number} ran out of time.` : `Attempt ${attempt.number} was stopped.`;
  }
}

/** What is typed into the dialog; empty text adds nothing. */
export interface Addition {
  turns: number | string;
  tokens: number | string;
  cost: number | string;
  timeoutSeconds: number | string;
}

export const nothingAdded: Addition = { turns: '', tokens: '', cost: '', timeoutSeconds: '' };

const number = (value: number | string): number | null => (value === '' ? null : Number(value));

export const toContinueRequest = (addition: Addition): ContinueTaskRequest => ({
  turns: number(addition.turns),
  tokens: number(addition.tokens),
  cost: number(addition.cost),
  timeout_seconds: number(addition.timeoutSeconds),
});

export interface Share {
  name: string;
  used: number;
  limit: number;
  unit: string;
}

/** One entry for each limit that there is. */
export function shares(used: Partial<BudgetAmounts>, limits: Partial<BudgetAmounts>): Share[] {
  const all: { key: keyof BudgetAmounts; name: string; unit: string }[] = [
    { key: 'turns', name: 'Turns', unit: '' },
    { key: 'tokens', name: 'Tokens', unit: '' },
    { key: 'cost', name: 'Cost', unit: '' },
    { key: 'wall_clock_minutes', name: 'Time', unit: ' min' },
  ];
  return all.flatMap(({ key, name, unit }) => {
    const limit = limits[key] ?? null;
    return limit === null ? [] : [{ name, unit, limit, used: used[key] ?? 0 }];
  });
}
