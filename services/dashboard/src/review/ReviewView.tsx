import { lazy, Suspense } from 'react';
import type { ReviewRemark, ReviewResult, TaskDetail } from '../api/types';
import { CommandTable } from '../evidence/CommandTable';
import { EmptyState } from '../ui/EmptyState';
import { MessageSquareDiff } from '../ui/icons';
import { Notice } from '../ui/Notice';
import { plural } from '../ui/time';
import { isTerminal } from '../tasks/isTerminal';
import { byFile, leftOut, place, severityTones, testGroups } from './review';
import classes from './Review.module.css';

const Markdown = lazy(async () => ({ default: (await import('../ui/Markdown')).Markdown }));

const phases = { before: 'Merge base', after: 'Head' };

/** What a review came to: summary, comments by file, and what the tests say. */
export function ReviewView({ task }: { task: TaskDetail }) {
  const review = task.review ?? null;
  if (review === null) {
    const active = !isTerminal(task.summary.state);
    return (
      <EmptyState icon={MessageSquareDiff} title={active ? 'No review yet' : 'There is no review'}>
        {active ? 'The change is read in a sandbox, and its tests are run. The review appears here.' : 'The task ended before the change was reviewed.'}
      </EmptyState>
    );
  }
  return (
    <div className={classes.view}>
      {review.read_by_model ? (
        <section className={classes.summary} aria-label="Summary">
          <Prose text={review.summary} />
          <Size review={review} />
        </section>
      ) : (
        <Notice tone="neutral" title="No model read this change">
          None is configured, or the review was asked for without one. What follows is what the repository's own tests show at the merge
          base and at the head: neither an approval nor a refusal.
          <Size review={review} />
        </Notice>
      )}
      <Comments review={review} />
      <Tests taskId={task.summary.id} review={review} />
    </div>
  );
}

function Size({ review }: { review: ReviewResult }) {
  return (
    <span className={classes.size}>
      {plural(review.files, 'file')}, {review.added_lines} lines added, {review.removed_lines} removed, from{' '}
      <code>{review.merge_base.slice(0, 12)}</code> to <code>{review.head_commit.slice(0, 12)}</code>
    </span>
  );
}

function Comments({ review }: { review: ReviewResult }) {
  if (!review.read_by_model) {
    return null;
  }
  const omitted = leftOut(review.left_out);
  return (
    <section>
      <h2 className={classes.heading}>
        {review.comments.length === 0 ? 'No comments' : plural(review.comments.length, 'comment')}
      </h2>
      {omitted !== null && <p className={classes.note}>{omitted}</p>}
      {byFile(review.comments).map(([path, remarks]) => (
        <article key={path} className={classes.file} aria-label={path}>
          <h3 className={classes.path}>{path}</h3>
          {remarks.map((remark, index) => (
            <Remark key={index} remark={remark} />
          ))}
        </article>
      ))}
    </section>
  );
}

function Remark({ remark }: { remark: ReviewRemark }) {
  return (
    <div className={classes.remark}>
      <header className={classes.head}>
        <span className={classes.severity} data-tone={severityTones[remark.severity]}>
          {remark.severity}
        </span>
        <code>{place(remark)}</code>
      </header>
      <Prose text={remark.body} />
      {remark.suggestion === null ? (
        remark.lines !== '' && <pre className={classes.lines}>{remark.lines}</pre>
      ) : (
        <div className={classes.suggestion} role="group" aria-label="Suggestion">
          <pre className={classes.lines} data-tone="danger">
            <del>{remark.lines}</del>
          </pre>
          {remark.suggestion === '' ? (
            <p className={classes.note}>Delete these lines.</p>
          ) : (
            <pre className={classes.lines} data-tone="success">
              <ins>{remark.suggestion}</ins>
            </pre>
          )}
        </div>
      )}
    </div>
  );
}

function Tests({ taskId, review }: { taskId: string; review: ReviewResult }) {
  const { evidence } = review;
  return (
    <section>
      <h2 className={classes.heading}>Tests</h2>
      {evidence === null ? (
        <p className={classes.note}>Not run: {review.evidence_note ?? 'no reason is known'}.</p>
      ) : (
        <>
          <p className={classes.note}>{evidence.conclusion}.</p>
          {testGroups(evidence).map(([title, tests, tone]) => (
            <div key={title} className={classes.group}>
              <h3 className={classes.path}>{title}</h3>
              <ul className={classes.tests} data-tone={tone}>
                {tests.map((test) => (
                  <li key={test}>{test}</li>
                ))}
              </ul>
            </div>
          ))}
          <CommandTable taskId={taskId} commands={evidence.commands} names={phases} />
        </>
      )}
      {review.changed_tests.length > 0 && (
        <p className={classes.note}>
          The change touches tests:{' '}
          {review.changed_tests.map((file, index) => (
            <span key={file.path}>
              {index > 0 && ', '}
              <code>{file.path}</code> ({file.change})
            </span>
          ))}
        </p>
      )}
    </section>
  );
}

function Prose({ text }: { text: string }) {
  return (
    <Suspense fallback={<p className={classes.plain}>{text}</p>}>
      <Markdown text={text} />
    </Suspense>
  );
}
