import type { TaskDetail } from '../api/types';
import type { Tone } from '../ui/tone';
import { formatSeconds, plural } from '../ui/time';

export interface Verdict {
  tone: Tone;
  title: string;
  text: string;
}

/** What came out of the task, in words; `null` while it works. */
export function verdictOf(task: TaskDetail): Verdict | null {
  const { summary, verification } = task;
  const reason = summary.reason ?? '';
  if (summary.kind === 'ask' && (summary.state === 'succeeded' || summary.state === 'no_change')) {
    return answerOf(task, reason);
  }
  if (summary.kind === 'review' && (summary.state === 'succeeded' || summary.state === 'no_change')) {
    return reviewOf(task, reason);
  }
  switch (summary.state) {
    case 'queued':
    case 'running':
      return null;
    case 'paused': // The panel below says what to do.
      return null;
    case 'publishing':
      return { tone: 'violet', title: 'The patch is verified', text: task.pull_request === null ? 'The pull request is being opened.' : 'The pull request is being updated.' };
    case 'succeeded':
      return {
        tone: 'success',
        title: 'Verified in a fresh sandbox',
        text:
          verification === null
            ? (task.result_summary ?? '')
            : (verification.fail_to_pass.length === 0 ? '' : `${plural(verification.fail_to_pass.length, 'test')} that failed now ${verification.fail_to_pass.length === 1 ? 'passes' : 'pass'}; `) +
              `${plural(verification.pass_to_pass, 'test')} that passed still ${verification.pass_to_pass === 1 ? 'passes' : 'pass'}; nothing broke.`,
      };
    case 'no_change':
      return {
        tone: 'warning',
        title: 'No verified patch was found',
        text: sentences(reason, task.result_summary, summary.candidates_tried > 0 ? `${plural(summary.candidates_tried, 'candidate')} were tried.` : null),
      };
    case 'failed':
      return { tone: 'danger', title: 'The task failed', text: sentences(reason, 'Retry it, or submit it again with other settings.') };
    case 'cancelled':
      return { tone: 'neutral', title: 'The task was cancelled', text: sentences(reason, task.patch === null ? null : 'What had been changed until then is kept as a patch.') };
    case 'timed_out':
      return {
        tone: 'warning',
        title: `The time limit of ${formatSeconds(task.timeout_seconds)} was reached`,
        text: sentences(reason, task.patch === null ? null : 'What had been changed until then is kept as a patch.'),
      };
  }
}

/** How the newest round ended that brought nothing, told beside what stands; `null` when there is nothing to tell. */
export function roundEndOf(task: TaskDetail): Verdict | null {
  const last = task.last_round ?? null;
  if (last === null) {
    return null;
  }
  // Once the pull request is merged or closed there is nothing left to do about it.
  const isOpen = task.pull_request?.state === 'open';
  return {
    tone: !isOpen || last.state === 'cancelled' ? 'neutral' : last.state === 'failed' ? 'danger' : 'warning',
    title: last.headline,
    text: sentences(last.reason, isOpen ? `Pull request #${task.pull_request?.number} stays as it was` : null),
  };
}

function answerOf(task: TaskDetail, reason: string): Verdict {
  if (task.summary.state === 'no_change') {
    return { tone: 'warning', title: 'No answer was found', text: sentences(reason) };
  }
  const references = task.references ?? [];
  const missing = references.filter((reference) => !reference.exists).length;
  return {
    tone: missing === 0 ? 'success' : 'warning',
    title: 'Answered',
    text:
      references.length === 0
        ? 'The answer names no places in the repository.'
        : `${plural(references.length, 'reference')} checked; ${missing === 0 ? 'all are there' : `${missing} not at the base commit`}.`,
  };
}

function reviewOf(task: TaskDetail, reason: string): Verdict {
  const review = task.review ?? null;
  if (review === null) {
    return { tone: 'warning', title: 'No review was made', text: sentences(reason) };
  }
  const bad = review.comments.some((remark) => remark.severity === 'blocker') || (review.evidence?.newly_failing.length ?? 0) > 0;
  const text = sentences(reason);
  return {
    tone: bad ? 'warning' : review.read_by_model ? 'success' : 'neutral',
    title: review.read_by_model ? 'Reviewed' : 'Tests compared',
    text: text.charAt(0).toUpperCase() + text.slice(1),
  };
}

const sentences = (...parts: (string | null)[]): string =>
  parts
    .filter((part): part is string => part !== null && part.trim() !== '')
    .map((part) => part.trim())
    // What an earlier one says already, perhaps with more words after it, is not said again.
    .filter((part, index, all) => !all.slice(0, index).some((before) => before.startsWith(part.replace(/[.!?…]$/, ''))))
    .map((part) => (/[.!?…]$/.test(part.trim()) ? part.trim() : `${part.trim()}.`))
    .join(' ');
