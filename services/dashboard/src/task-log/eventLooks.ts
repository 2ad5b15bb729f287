import {
  Activity, Ban, Check, CircleCheck, CircleSlash, CirclePlay, Flag, GitMerge, GitPullRequest, GitPullRequestClosed, LifeBuoy, ListChecks, MessageSquare, Pause, RotateCcw, Send, Server,
  SquareTerminal, Clock, ChevronRight, type LucideIcon,
} from '../ui/icons';
import type { TaskEventInfo } from '../api/types';
import type { Tone } from '../ui/tone';

interface EventLook {
  icon: LucideIcon;
  tone: Tone;
  /** A step of the task, not a detail of one. */
  strong?: boolean;
}

const looks: Record<string, EventLook> = {
  task_submitted: { icon: Send, tone: 'neutral', strong: true },
  attempt_queued: { icon: Clock, tone: 'neutral' },
  attempt_claimed: { icon: Server, tone: 'neutral' },
  stage_started: { icon: CirclePlay, tone: 'info', strong: true },
  progressed: { icon: Activity, tone: 'neutral' },
  turn_finished: { icon: Activity, tone: 'info' },
  command_finished: { icon: SquareTerminal, tone: 'neutral' },
  network_blocked: { icon: Ban, tone: 'warning' },
  patch_verified: { icon: CircleCheck, tone: 'success', strong: true },
  patch_refuted: { icon: CircleSlash, tone: 'warning', strong: true },
  question_answered: { icon: CircleCheck, tone: 'success', strong: true },
  attempt_finished: { icon: Flag, tone: 'neutral' },
  attempt_chosen: { icon: Check, tone: 'success', strong: true },
  attempt_rescued: { icon: LifeBuoy, tone: 'warning', strong: true },
  cancel_requested: { icon: Ban, tone: 'warning', strong: true },
  pause_requested: { icon: Pause, tone: 'warning' },
  pause_refused: { icon: CircleSlash, tone: 'warning', strong: true },
  paused: { icon: Pause, tone: 'warning', strong: true },
  resumed: { icon: CirclePlay, tone: 'info', strong: true },
  message_sent: { icon: Send, tone: 'info', strong: true },
  plan_proposed: { icon: ListChecks, tone: 'warning', strong: true },
  plan_approved: { icon: ListChecks, tone: 'success', strong: true },
  task_retried: { icon: RotateCcw, tone: 'info', strong: true },
  pull_request_opened: { icon: GitPullRequest, tone: 'success', strong: true },
  review_submitted: { icon: MessageSquare, tone: 'info', strong: true },
  pull_request_merged: { icon: GitMerge, tone: 'violet', strong: true },
  pull_request_merge_refused: { icon: CircleSlash, tone: 'danger', strong: true },
  pull_request_updated: { icon: GitPullRequest, tone: 'success', strong: true },
  pull_request_pushed: { icon: GitPullRequest, tone: 'warning', strong: true },
  pull_request_reopened: { icon: GitPullRequest, tone: 'info', strong: true },
  conflict_resolution_requested: { icon: GitMerge, tone: 'info', strong: true },
  conflict_resolution_declined: { icon: GitMerge, tone: 'neutral', strong: true },
  conflicts_found: { icon: GitMerge, tone: 'warning', strong: true },
  held_paths_approved: { icon: Check, tone: 'success', strong: true },
  given_up: { icon: CircleSlash, tone: 'warning', strong: true },
  pull_request_closed: { icon: GitPullRequestClosed, tone: 'neutral', strong: true },
  task_finished: { icon: Flag, tone: 'neutral', strong: true },
};

const ends: Record<string, Tone> = { succeeded: 'success', failed: 'danger', no_change: 'warning', timed_out: 'warning' };

export function lookOf(event: TaskEventInfo): EventLook {
  const look = looks[event.type] ?? { icon: ChevronRight, tone: 'neutral' };
  const state = event.data?.['state'];
  return typeof state === 'string' && ends[state] !== undefined ? { ...look, tone: ends[state] } : look;
}
