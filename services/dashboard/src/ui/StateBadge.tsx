import {
  Ban, CircleCheck, CircleDashed, CircleSlash, CircleX, Clock, GitMerge, GitPullRequest, GitPullRequestClosed, LoaderCircle, Pause, Send,
  type LucideIcon,
} from './icons';
import type { DeliveryState } from '../api/gitHubTypes';
import type { PullRequestState } from '../api/pullRequestTypes';
import type { TaskState } from '../api/types';
import classes from './StateBadge.module.css';
import type { Tone } from './tone';

interface Look {
  label: string;
  tone: Tone;
  icon: LucideIcon;
  spins?: boolean;
}

export const taskLooks: Record<TaskState, Look> = {
  queued: { label: 'Queued', tone: 'neutral', icon: CircleDashed },
  running: { label: 'Running', tone: 'info', icon: LoaderCircle, spins: true },
  paused: { label: 'Paused', tone: 'warning', icon: Pause },
  publishing: { label: 'Publishing', tone: 'violet', icon: Send },
  succeeded: { label: 'Succeeded', tone: 'success', icon: CircleCheck },
  no_change: { label: 'No change', tone: 'warning', icon: CircleSlash },
  failed: { label: 'Failed', tone: 'danger', icon: CircleX },
  cancelled: { label: 'Cancelled', tone: 'neutral', icon: Ban },
  timed_out: { label: 'Timed out', tone: 'warning', icon: Clock },
};

export const pullRequestLooks: Record<PullRequestState, Look> = {
  open: { label: 'Open', tone: 'success', icon: GitPullRequest },
  merging: { label: 'Merging', tone: 'info', icon: LoaderCircle, spins: true },
  merged: { label: 'Merged', tone: 'violet', icon: GitMerge },
  closed: { label: 'Closed', tone: 'neutral', icon: GitPullRequestClosed },
};

export const deliveryLooks: Record<DeliveryState, Look> = {
  received: { label: 'Waiting', tone: 'neutral', icon: CircleDashed },
  ignored: { label: 'Ignored', tone: 'neutral', icon: CircleSlash },
  acted: { label: 'Acted on', tone: 'success', icon: CircleCheck },
  refused: { label: 'Refused', tone: 'warning', icon: Ban },
  failed: { label: 'Failed', tone: 'danger', icon: CircleX },
};

interface BadgeProps {
  look: Look;
  /** Text before the label, such as a pull request's number. */
  prefix?: string;
  large?: boolean;
}

/** Icon and words; colour only repeats what they say. */
function Badge({ look, prefix, large = false }: BadgeProps) {
  const Icon = look.icon;
  return (
    <span className={classes.badge} data-tone={look.tone} data-large={large || undefined}>
      <Icon size={large ? 16 : 14} aria-hidden="true" className={look.spins === true ? classes.spins : undefined} />
      {prefix !== undefined && <span>{prefix}</span>}
      <span>{look.label}</span>
    </span>
  );
}

export const TaskBadge = ({ state, large }: { state: TaskState; large?: boolean }) => <Badge look={taskLooks[state]} large={large} />;

export const PullRequestBadge = ({ state, prefix, large }: { state: PullRequestState; prefix?: string; large?: boolean }) => (
  <Badge look={pullRequestLooks[state]} prefix={prefix} large={large} />
);

/** How many pull requests are in a state: "5 merged". */
export const PullRequestCount = ({ state, count }: { state: PullRequestState; count: number }) => {
  const look = pullRequestLooks[state];
  return <Badge look={{ ...look, label: look.label.toLowerCase() }} prefix={count.toLocaleString('en')} />;
};

export const DeliveryBadge = ({ state }: { state: DeliveryState }) => <Badge look={deliveryLooks[state]} />;
