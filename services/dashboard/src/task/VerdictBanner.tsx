import { GitMerge, ShieldCheck } from '../ui/icons';
import type { TaskDetail } from '../api/types';
import { Notice } from '../ui/Notice';
import { verdictOf } from './verdict';

/** What came out, in words. */
export function VerdictBanner({ task }: { task: TaskDetail }) {
  const verdict = verdictOf(task);
  if (verdict === null) {
    return null;
  }
  const merged = task.pull_request?.state === 'merged';
  const icon = task.summary.state === 'succeeded' && (task.summary.kind ?? 'change') === 'change' ? (merged ? GitMerge : ShieldCheck) : undefined;
  return (
    <Notice tone={verdict.tone} title={merged ? `Verified and merged into ${task.pull_request?.base_ref}` : verdict.title} icon={icon}>
      {verdict.text === '' ? undefined : verdict.text}
    </Notice>
  );
}
