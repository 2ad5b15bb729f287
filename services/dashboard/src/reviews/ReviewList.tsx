import type { ReviewInfo } from '../api/pullRequestTypes';
import { Markdown } from '../ui/Markdown';
import { formatInstant, plural } from '../ui/time';
import { OutdatedComment } from './CommentCard';
import type { DiffLines } from './diffLines';
import { isInDiff } from './lineThreads';
import { useIsSettled } from './reviewing';
import classes from './Reviews.module.css';

interface ReviewListProps {
  reviews: ReviewInfo[];
  /** Lines of the diff by path. */
  lines: ReadonlyMap<string, DiffLines>;
}

/** What was said of the whole change, and comments whose lines the diff no longer has. */
export function ReviewList({ reviews, lines }: ReviewListProps) {
  const settled = useIsSettled();
  return (
    <ol className={classes.reviews} aria-label="Reviews">
      {reviews.map((review) => {
        const away = review.comments.filter((comment) => !isInDiff(comment, lines.get(comment.path)));
        const below = review.comments.length - away.length;
        return (
          <li key={review.id} className={classes.review}>
            <div className={classes.by}>
              <strong>{review.author}</strong>
              <span>{review.event === 'request_changes' ? 'requested changes' : 'commented'}</span>
              <time dateTime={review.created_at}>{formatInstant(review.created_at)}</time>
              <Outcome review={review} />
            </div>
            {review.body !== '' && <Markdown text={review.body} />}
            {review.progress === 'not_addressed' && (
              <p className={classes.reason}>
                {/* The follow-up's own words. */}
                The follow-up ended without a commit{review.reason === null ? '' : `: ${review.reason.replace(/\.$/, '')}`}.
                {!settled && ' It stays open; your next request for changes asks it again.'}
              </p>
            )}
            {away.length > 0 && (
              <ul className={classes.away}>
                {away.map((comment) => (
                  <OutdatedComment key={comment.id} review={review} comment={comment} />
                ))}
              </ul>
            )}
            {below > 0 && <p className={classes.below}>{plural(below, 'comment')} in the diff below</p>}
          </li>
        );
      })}
    </ol>
  );
}

function Outcome({ review }: { review: ReviewInfo }) {
  switch (review.progress) {
    case 'working':
      return (
        <span className={classes.state} data-tone="info">
          a follow-up works on it
        </span>
      );
    case 'addressed':
      return (
        <span className={classes.state} data-tone="success">
          addressed in <code>{review.addressed_by?.slice(0, 10)}</code>
        </span>
      );
    case 'not_addressed':
      return (
        <span className={classes.state} data-tone="warning">
          not addressed
        </span>
      );
    default:
      return null;
  }
}
