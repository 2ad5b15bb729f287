import { useSessionStorage } from '@mantine/hooks';
import { useMemo } from 'react';
import type { ReviewEvent, SubmitReviewRequest } from '../api/pullRequestTypes';
import { randomKey } from '../submit/idempotency';
import type { CommentedLines } from './diffLines';

export interface DraftComment extends CommentedLines {
  id: string;
  path: string;
  body: string;
  /** The commit whose diff the lines are of. */
  head: string;
}

/** A review that is not sent yet: kept for the browser's tab, so that a reload loses nothing. */
export interface ReviewDraft {
  body: string;
  comments: DraftComment[];
}

export const emptyDraft: ReviewDraft = { body: '', comments: [] };

/** Comments on lines of an earlier head: those lines may be gone, so a person looks first. */
export const staleComments = (draft: ReviewDraft, head: string): DraftComment[] => draft.comments.filter((comment) => comment.head !== head);

export const saysSomething = (draft: ReviewDraft): boolean => draft.body.trim() !== '' || draft.comments.length > 0;

export const toReview = (draft: ReviewDraft, event: ReviewEvent, head: string): SubmitReviewRequest => ({
  event,
  body: draft.body.trim() === '' ? null : draft.body.trim(),
  comments: draft.comments.map(({ path, line, body, side, startLine }) => ({ path, line, body, side, start_line: startLine })),
  head_commit: head,
});

export interface DraftActions {
  write: (body: string) => void;
  /** Adds a comment, or replaces the one with the id. */
  put: (comment: Omit<DraftComment, 'id'>, id?: string) => void;
  remove: (id: string) => void;
  clear: () => void;
}

export function useReviewDraft(number: number): [ReviewDraft, DraftActions] {
  const [draft, setDraft, removeDraft] = useSessionStorage<ReviewDraft>({ key: `codex-review-${number}`, defaultValue: emptyDraft, getInitialValueInEffect: false });
  const actions = useMemo<DraftActions>(
    () => ({
      write: (body) => setDraft((now) => ({ ...now, body })),
      put: (comment, id) =>
        setDraft((now) => ({
          ...now,
          comments:
            id === undefined ? [...now.comments, { ...comment, id: randomKey() }] : now.comments.map((one) => (one.id === id ? { ...comment, id } : one)),
        })),
      remove: (id) => setDraft((now) => ({ ...now, comments: now.comments.filter((one) => one.id !== id) })),
      clear: removeDraft,
    }),
    [setDraft, removeDraft],
  );
  return [draft, actions];
}
