import type { BrainChoice, RepositoryInspection, SubmitTaskRequest, TaskKind, TaskTemplate } from '../api/types';

/** The form as a person left it; every field is text until it is submitted. */
export interface Draft {
  kind: TaskKind;
  repository: string;
  prompt: string;
  baseRef: string;
  /** What a review looks at. */
  headRef: string;
  testCommand: string;
  attempts: number | string;
  timeoutSeconds: number | string;
  brain: BrainChoice;
  template: TaskTemplate | null;
  /** Names of models, which the attempts take in turn. */
  models: string[];
  approvePlan: boolean;
  maxTurns: number | string;
  maxTokens: number | string;
  maxCost: number | string;
  /** What the last inspection filled in; a field that still holds it follows the next repository. */
  filled: { baseRef: string; testCommand: string };
}

export const emptyDraft: Draft = {
  kind: 'change',
  repository: '',
  prompt: '',
  baseRef: '',
  headRef: '',
  testCommand: '',
  attempts: '',
  timeoutSeconds: '',
  brain: 'auto',
  template: null,
  models: [],
  approvePlan: false,
  maxTurns: '',
  maxTokens: '',
  maxCost: '',
  filled: { baseRef: '', testCommand: '' },
};

const key = 'codex-task-draft';

export function loadDraft(storage: Storage): Draft {
  try {
    const saved: unknown = JSON.parse(storage.getItem(key) ?? '{}');
    return { ...emptyDraft, ...(typeof saved === 'object' ? saved : {}) };
  } catch {
    return emptyDraft; // Storage is blocked or holds something else.
  }
}

export function saveDraft(storage: Storage, draft: Draft): void {
  try {
    storage.setItem(key, JSON.stringify(draft));
  } catch {
    // Storage is full or blocked: the draft then lives as long as the page.
  }
}

/** Fills in what the inspection found, except where a person has typed something else. */
export function prefill(draft: Draft, found: RepositoryInspection): Draft {
  const filled = { baseRef: found.default_branch, testCommand: found.test_command ?? '' };
  const own = (value: string, before: string) => value !== '' && value !== before;
  return {
    ...draft,
    filled,
    baseRef: own(draft.baseRef, draft.filled.baseRef) ? draft.baseRef : filled.baseRef,
    testCommand: own(draft.testCommand, draft.filled.testCommand) ? draft.testCommand : filled.testCommand,
  };
}

/** Whether a field that is folded away at first holds something of its own. */
export const hasAdvanced = (draft: Draft): boolean =>
  draft.attempts !== '' || draft.timeoutSeconds !== '' || draft.brain !== 'auto' || draft.template !== null || draft.models.length > 0 || draft.approvePlan || hasLimits(draft);

const hasLimits = (draft: Draft): boolean => draft.maxTurns !== '' || draft.maxTokens !== '' || draft.maxCost !== '';

/** After a submission the next task most likely concerns the same repository, but it may be of another kind. */
export const nextDraft = (draft: Draft): Draft => ({ ...draft, prompt: '', headRef: '', template: null });

const text = (value: string): string | null => (value.trim() === '' ? null : value.trim());
const number = (value: number | string): number | null => (value === '' ? null : Number(value));

/** A question has neither tests nor what belongs to a change, whatever the hidden fields hold. */
const toQuestion = (draft: Draft): SubmitTaskRequest => ({
  kind: 'ask',
  repository: draft.repository.trim(),
  prompt: draft.prompt,
  base_ref: text(draft.baseRef),
  timeout_seconds: number(draft.timeoutSeconds),
  model: draft.models[0] ?? null,
});

const toReview = (draft: Draft): SubmitTaskRequest => ({ ...toQuestion(draft), kind: 'review', head_ref: text(draft.headRef), test_command: text(draft.testCommand) });

export const toRequest = (draft: Draft): SubmitTaskRequest => draft.kind === 'ask' ? toQuestion(draft) : draft.kind === 'review' ? toReview(draft) : ({
  repository: draft.repository.trim(),
  prompt: draft.prompt,
  test_command: text(draft.testCommand),
  base_ref: text(draft.baseRef),
  attempts: number(draft.attempts),
  timeout_seconds: number(draft.timeoutSeconds),
  brain: draft.brain,
  template: draft.template,
  model: draft.models.length === 1 ? (draft.models[0] ?? null) : null,
  models: draft.models.length > 1 ? draft.models : null,
  ...(draft.approvePlan && { approve_plan: true }),
  ...(hasLimits(draft) && { limits: { turns: number(draft.maxTurns), tokens: number(draft.maxTokens), cost: number(draft.maxCost) } }),
});
