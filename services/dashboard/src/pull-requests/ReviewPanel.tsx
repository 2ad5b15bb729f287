import { Button, Checkbox, Loader } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { GitMerge, GitPullRequestClosed, ShieldCheck } from '../ui/icons';
import { useState } from 'react';
import type { PullRequestInfo } from '../api/pullRequestTypes';
import type { TaskState, VerificationReport } from '../api/types';
import { ConflictActions } from '../conflicts/ConflictActions';
import { ConfirmDialog } from '../ui/ConfirmDialog';
import { CopyButton } from '../ui/CopyButton';
import { Notice } from '../ui/Notice';
import { PathWarning } from '../ui/PathWarning';
import { formatInstant } from '../ui/time';
import classes from './PullRequests.module.css';
import { useReview } from './useReview';

interface ReviewPanelProps {
  pull: PullRequestInfo;
  report: VerificationReport | null;
  taskState: TaskState | null;
}

/** What a person decides: approve, which merges, or close. */
export function ReviewPanel({ pull, report, taskState }: ReviewPanelProps) {
  const [looked, setLooked] = useState(false);
  const [asking, ask] = useDisclosure(false);
  const [closing, askClose] = useDisclosure(false);
  const { merge, close } = useReview(pull.number);
  const held = pull.held_for_approval;
  const inConflict = (pull.conflicts ?? []).length > 0;
  const mayMerge = held.length === 0 || looked;

  return (
    <aside className={classes.review} aria-label="Review">
      {report?.verified === true && (
        <div className={classes.proof}>
          <ShieldCheck size={18} aria-hidden="true" />
          <span>
            Verified: {report.fail_to_pass.length} fixed, {report.pass_to_pass.toLocaleString('en')} still pass, {report.broken.length} broken
          </span>
        </div>
      )}
      {pull.state === 'open' && (
        <>
          {pull.note !== null && !inConflict && (
            <Notice tone="danger" title="The last merge was refused">
              {pull.note}
            </Notice>
          )}
          <ConflictActions pull={pull} taskState={taskState} />
          {held.length > 0 && (
            <PathWarning title="This changes what runs in your CI" paths={held} most={held.length}>
              <Checkbox
                checked={looked}
                onChange={(event) => setLooked(event.currentTarget.checked)}
                label={`I have read ${held.length === 1 ? 'this file' : 'these files'}`}
              />
            </PathWarning>
          )}
          <Button fullWidth variant={inConflict ? 'default' : 'filled'} leftSection={<GitMerge size={17} />} disabled={!mayMerge} onClick={ask.open} loading={merge.isPending}>
            Approve and merge
          </Button>
          <Button fullWidth variant="default" leftSection={<GitPullRequestClosed size={17} />} onClick={askClose.open} loading={close.isPending}>
            Close
          </Button>
          <p className={classes.small}>
            Merging updates <strong>{pull.base_ref}</strong> in the repository. To look first: <code>git diff {pull.base_ref}...{pull.branch}</code>
          </p>
        </>
      )}
      {pull.state === 'merging' && (
        <div className={classes.outcome} role="status">
          <Loader size="sm" /> Merging into {pull.base_ref}…
        </div>
      )}
      {pull.state === 'merged' && (
        <div className={classes.outcome} role="status" data-tone="violet">
          <GitMerge size={18} aria-hidden="true" />
          <div>
            <strong>Merged into {pull.base_ref}</strong>
            {pull.merge_commit !== null && (
              <div className={classes.commit}>
                <code>{pull.merge_commit.slice(0, 12)}</code>
                <CopyButton text={pull.merge_commit} what="merge commit" />
              </div>
            )}
            {pull.closed_at !== null && <div className={classes.small}>{formatInstant(pull.closed_at)}</div>}
          </div>
        </div>
      )}
      {pull.state === 'closed' && (
        <div className={classes.outcome} role="status" data-tone="neutral">
          <GitPullRequestClosed size={18} aria-hidden="true" />
          <div>
            <strong>Closed without a merge</strong>
            {pull.closed_at !== null && <div className={classes.small}>{formatInstant(pull.closed_at)}</div>}
          </div>
        </div>
      )}
      <ConfirmDialog
        opened={asking}
        onClose={ask.close}
        title="Approve and merge?"
        confirm="Approve and merge"
        busy={merge.isPending}
        disabled={!mayMerge}
        onConfirm={() => merge.mutate(undefined, { onSettled: ask.close })}
      >
        <code>{pull.branch}</code> is merged into <code>{pull.base_ref}</code> of <code>{pull.repository}</code>. Where{' '}
        {pull.base_ref} is checked out there, its files follow; uncommitted work is never overwritten, the merge is refused instead.
      </ConfirmDialog>
      <ConfirmDialog
        opened={closing}
        onClose={askClose.close}
        title="Close without merging?"
        confirm="Close the pull request"
        danger
        busy={close.isPending}
        onConfirm={() => close.mutate(undefined, { onSettled: askClose.close })}
      >
        Nothing is merged. The branch <code>{pull.branch}</code> stays in the repository.
      </ConfirmDialog>
    </aside>
  );
}
