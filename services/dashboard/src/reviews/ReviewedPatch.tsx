import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { describeError } from '../api/problem';
import { reviewsQuery } from '../api/queries';
import type { PullRequestInfo } from '../api/pullRequestTypes';
import type { TaskState } from '../api/types';
import { patchFiles } from '../diff/patchFiles';
import { PatchView } from '../diff/PatchView';
import { Notice } from '../ui/Notice';
import { plural } from '../ui/time';
import { DiffLines } from './diffLines';
import { ReviewComposer } from './ReviewComposer';
import { useReviewDraft } from './reviewDraft';
import { ReviewedFile } from './ReviewedFile';
import { formKey, ReviewingContext, type OpenForm, type Reviewing } from './reviewing';
import { ReviewList } from './ReviewList';
import classes from './Reviews.module.css';

interface ReviewedPatchProps {
  pull: PullRequestInfo;
  taskState: TaskState | null;
  patch: string;
  headings: string;
}

/** The diff of a pull request with its reviews, and one's own. */
export function ReviewedPatch({ pull, taskState, patch, headings }: ReviewedPatchProps) {
  const reviews = useQuery(reviewsQuery(pull.number));
  const [draft, actions] = useReviewDraft(pull.number);
  const [forms, setForms] = useState<OpenForm[]>([]);
  const [typed] = useState(() => new Map<string, string>());
  const openForm = useCallback((form: OpenForm) => setForms((now) => [...now.filter((other) => formKey(other) !== formKey(form)), form]), []);
  const closeForm = useCallback(
    (form: OpenForm) => {
      typed.delete(formKey(form));
      setForms((now) => now.filter((other) => formKey(other) !== formKey(form)));
    },
    [typed],
  );
  const lines = useMemo(() => new Map((patchFiles(patch) ?? []).map((file) => [file.path, new DiffLines(file.diff)])), [patch]);
  const mayReview = pull.state === 'open';
  const reviewing = useMemo<Reviewing>(
    () => ({
      pull,
      reviews: reviews.data ?? [],
      drafts: draft.comments,
      forms,
      openForm,
      closeForm,
      typed,
      actions: mayReview ? actions : null,
    }),
    [pull, reviews.data, draft.comments, forms, openForm, closeForm, typed, actions, mayReview],
  );
  return (
    <ReviewingContext value={reviewing}>
      {reviews.isError && <Notice tone="danger" title="The reviews could not be loaded">{describeError(reviews.error)}</Notice>}
      {reviews.data !== undefined && reviews.data.length > 0 && (
        <section>
          <h2 className={headings}>Reviews</h2>
          <ReviewList reviews={reviews.data} lines={lines} />
        </section>
      )}
      <section>
        <h2 className={headings}>
          Changes <span className={classes.commit}>of <code>{pull.head_commit.slice(0, 10)}</code></span>
        </h2>
        <PatchView patch={patch} downloadUrl={`/api/pull-requests/${pull.number}/patch`} card={ReviewedFile} />
        {mayReview && draft.comments.length > 0 && (
          <div className={classes.finish}>
            <a href="#your-review">{plural(draft.comments.length, 'comment')} not sent yet: finish the review</a>
          </div>
        )}
        {mayReview && <ReviewComposer pull={pull} taskState={taskState} draft={draft} actions={actions} />}
      </section>
    </ReviewingContext>
  );
}
