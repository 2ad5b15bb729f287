import { Button, Textarea } from '@mantine/core';
import { describeError } from '../api/problem';
import type { PullRequestInfo, ReviewEvent } from '../api/pullRequestTypes';
import type { TaskState } from '../api/types';
import { isTerminal } from '../tasks/isTerminal';
import { MessageSquare, RotateCcw } from '../ui/icons';
import { Notice } from '../ui/Notice';
import { plural } from '../ui/time';
import { describeLines } from './diffLines';
import { saysSomething, staleComments, toReview, type DraftActions, type ReviewDraft } from './reviewDraft';
import classes from './Reviews.module.css';
import { useSubmitReview } from './useSubmitReview';

interface ReviewComposerProps {
  pull: PullRequestInfo;
  /** Null while it is not known. */
  taskState: TaskState | null;
  draft: ReviewDraft;
  actions: DraftActions;
}

/** The end of a review: a text about the whole, and what it comes to. */
export function ReviewComposer({ pull, taskState, draft, actions }: ReviewComposerProps) {
  const submit = useSubmitReview(pull, actions.clear);
  const stale = staleComments(draft, pull.head_commit);
  const runs = taskState !== null && !isTerminal(taskState);
  const ready = saysSomething(draft) && stale.length === 0;
  const send = (event: ReviewEvent) => submit.mutate(toReview(draft, event, pull.head_commit));
  const sending = (event: ReviewEvent) => submit.isPending && submit.variables.event === event;
  return (
    <section id="your-review" className={classes.composer} aria-label="Your review">
      <div className={classes.compose}>
        <h3>Your review</h3>
        <span className={classes.count}>
          {draft.comments.length === 0 ? 'Press + beside a line to comment on it; Tab, arrows and Enter do the same.' : plural(draft.comments.length, 'comment') + ' on lines'}
        </span>
      </div>
      {stale.length > 0 && (
        <Notice tone="warning" title="The pull request has another commit since you wrote">
          <ul className={classes.stale}>
            {stale.map((comment) => (
              <li key={comment.id}>
                <code>{describeLines(comment.path, comment)}</code> {comment.body}{' '}
                <button type="button" className={classes.edit} onClick={() => actions.remove(comment.id)}>
                  Remove
                </button>
              </li>
            ))}
          </ul>
          Their lines may be gone. Remove them, and say it again in the text or on a line of the new diff.
        </Notice>
      )}
      <Textarea
        aria-label="About the whole change"
        placeholder="About the whole change"
        autosize
        minRows={2}
        maxRows={12}
        maxLength={20_000}
        value={draft.body}
        onChange={(event) => actions.write(event.currentTarget.value)}
      />
      {submit.isError && (
        <Notice tone="danger" title="The review was not sent">
          {describeError(submit.error)}
        </Notice>
      )}
      <div className={classes.actions}>
        <span className={classes.hint}>
          {runs ? 'Changes can be requested when the task has ended; your review is kept here until then.' : 'Requesting changes starts a follow-up on this pull request.'}
        </span>
        <Button variant="default" leftSection={<MessageSquare size={15} />} disabled={!ready || submit.isPending} loading={sending('comment')} onClick={() => send('comment')}>
          Comment
        </Button>
        <Button leftSection={<RotateCcw size={15} />} disabled={!ready || runs || submit.isPending} loading={sending('request_changes')} onClick={() => send('request_changes')}>
          Request changes
        </Button>
      </div>
    </section>
  );
}
