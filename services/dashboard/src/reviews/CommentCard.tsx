import { Badge } from '@mantine/core';
import type { ReactNode } from 'react';
import { Markdown } from '../ui/Markdown';
import { formatInstant } from '../ui/time';
import { describeLines } from './diffLines';
import type { SentComment } from './lineThreads';
import { useIsSettled } from './reviewing';
import classes from './Reviews.module.css';

/** Whether a commit addresses a comment; a remark asks for nothing, so it has no state. */
export function CommentState({ review, comment }: SentComment) {
  const settled = useIsSettled();
  if (review.event !== 'request_changes') {
    return null;
  }
  if (comment.state === 'addressed') {
    return (
      <span className={classes.state} data-tone="success">
        addressed in <code>{comment.addressed_by?.slice(0, 10)}</code>
      </span>
    );
  }
  return (
    <span className={classes.state} data-tone={settled ? 'neutral' : review.progress === 'working' ? 'info' : 'warning'}>
      {settled ? 'not addressed' : review.progress === 'working' ? 'being addressed' : 'open'}
    </span>
  );
}

/** A comment under its line. */
export function CommentCard({ review, comment }: SentComment) {
  return (
    <article className={classes.comment} aria-label={`Comment of ${review.author}`}>
      <header className={classes.by}>
        <strong>{review.author}</strong>
        <time dateTime={review.created_at}>{formatInstant(review.created_at)}</time>
        <CommentState review={review} comment={comment} />
      </header>
      {comment.start_line !== null && <p className={classes.range}>Lines {comment.start_line} to {comment.line}</p>}
      <Markdown text={comment.body} />
    </article>
  );
}

/** A comment away from its line: with the lines as they were. */
export function OutdatedComment({ review, comment }: SentComment) {
  return (
    <li className={classes.outdated}>
      <div className={classes.by}>
        <code className={classes.place}>{describeLines(comment.path, { side: comment.side, line: comment.line, startLine: comment.start_line })}</code>
        <CommentState review={review} comment={comment} />
        {comment.is_outdated && <Badge size="sm" variant="default" className={classes.old}>earlier commit</Badge>}
      </div>
      {comment.quote !== '' && <Quote text={comment.quote} />}
      <Markdown text={comment.body} />
    </li>
  );
}

function Quote({ text }: { text: string }): ReactNode {
  return (
    <pre className={classes.quote} tabIndex={0}>
      {text.split('\n').map((line, index) => (
        <span key={index} data-sign={line[0]}>
          {line}
          {'\n'}
        </span>
      ))}
    </pre>
  );
}
