import { GitMerge, GitPullRequestClosed, ShieldCheck } from '../ui/icons';
import type { TaskDetail } from '../api/types';
import { Notice } from '../ui/Notice';
import { roundEndOf, verdictOf } from './verdict';

/** What came out, in words, and beside it what the newest round came to when that brought nothing. */
export function VerdictBanner({ task }: { task: TaskDetail }) {
  const verdict = verdictOf(task);
  if (verdict === null) {
    return null;
  }
  const proven = task.summary.state === 'succeeded' && (task.summary.kind ?? 'change') === 'change';
  const pull = proven ? task.pull_request : null;
  const shown =
    pull?.state === 'merged'
      ? { tone: verdict.tone, title: `Verified and merged into ${pull.base_ref}`, icon: GitMerge }
      : pull?.state === 'closed'
        ? { tone: 'neutral' as const, title: `Verified, but pull request #${pull.number} was closed without a merge`, icon: GitPullRequestClosed }
        : { tone: verdict.tone, title: verdict.title, icon: proven ? ShieldCheck : undefined };
  const end = roundEndOf(task);
  return (
    <>
      <Notice {...shown}>{verdict.text === '' ? undefined : verdict.text}</Notice>
      {end !== null && (
        <Notice tone={end.tone} title={end.title}>
          {end.text}
        </Notice>
      )}
    </>
  );
}
