import { createContext, useContext } from 'react';
import type { PullRequestInfo, ReviewInfo } from '../api/pullRequestTypes';
import type { CommentedLines } from './diffLines';
import type { DraftActions, DraftComment } from './reviewDraft';

/** A form that is open; there is one for each line at most. */
export interface OpenForm extends CommentedLines {
  path: string;
}

export const formKey = ({ path, side, line }: Pick<OpenForm, 'path' | 'side' | 'line'>): string => `${side} ${line} ${path}`;

/** What the cards of the files share while a pull request is read. */
export interface Reviewing {
  pull: PullRequestInfo;
  reviews: ReviewInfo[];
  drafts: DraftComment[];
  forms: OpenForm[];
  openForm: (form: OpenForm) => void;
  closeForm: (form: OpenForm) => void;
  /** What is typed into the forms, by key: the diff makes their elements anew when it changes. */
  typed: Map<string, string>;
  /** Null where nothing can be said any more. */
  actions: DraftActions | null;
}

export const ReviewingContext = createContext<Reviewing | null>(null);

/** Whether a commit may still come for what was asked: not once the pull request is merged or closed. */
export function useIsSettled(): boolean {
  const state = useContext(ReviewingContext)?.pull.state;
  return state === 'merged' || state === 'closed';
}

export function useReviewing(): Reviewing {
  const value = useContext(ReviewingContext);
  if (value === null) {
    throw new Error('There is no pull request to review around this.');
  }
  return value;
}
