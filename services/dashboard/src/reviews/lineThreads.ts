import type { DiffLineAnnotation } from '@pierre/diffs';
import type { ReviewCommentInfo, ReviewInfo } from '../api/pullRequestTypes';
import type { CommentedLines, DiffLines } from './diffLines';
import { emptyDraft, type DraftComment } from './reviewDraft';

export interface SentComment {
  review: ReviewInfo;
  comment: ReviewCommentInfo;
}

/** All that stands under one line of the diff. */
export interface LineThread {
  sent: SentComment[];
  drafts: DraftComment[];
  /** Lines of the form that is open here. */
  form: CommentedLines | null;
}

/** Whether the diff has the comment's line: it is of this head, and on a line. */
export const isInDiff = (comment: ReviewCommentInfo, lines: DiffLines | undefined): boolean =>
  !comment.is_outdated && comment.line !== null && lines?.has(comment.side, comment.line) === true;

/** What stands under which line of a file. Several comments on a line are one thread. */
export function lineThreads(
  path: string,
  lines: DiffLines,
  reviews: ReviewInfo[],
  drafts: DraftComment[] = emptyDraft.comments,
  forms: CommentedLines[] = [],
): DiffLineAnnotation<LineThread>[] {
  const threads = new Map<string, DiffLineAnnotation<LineThread>>();
  const at = ({ side, line }: Pick<CommentedLines, 'side' | 'line'>): LineThread => {
    const place = lines.shownAt(side, line);
    const key = `${place.side} ${place.lineNumber}`;
    const known = threads.get(key) ?? { ...place, metadata: { sent: [], drafts: [], form: null } };
    threads.set(key, known);
    return known.metadata;
  };
  for (const review of reviews) {
    for (const comment of review.comments) {
      if (comment.path === path && isInDiff(comment, lines)) {
        at({ side: comment.side, line: comment.line ?? 0 }).sent.push({ review, comment });
      }
    }
  }
  for (const draft of drafts) {
    if (draft.path === path && lines.has(draft.side, draft.line)) {
      at(draft).drafts.push(draft);
    }
  }
  for (const form of forms) {
    at(form).form = form;
  }
  return [...threads.values()];
}
