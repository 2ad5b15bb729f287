import type { TaskDetail, TaskEventInfo, TaskKind, TaskState } from '../api/types';
import { isTerminal } from '../tasks/isTerminal';

/** The repair brain reproduces, localises and searches; a model works in turns. */
const repairOrder = ['checkout', 'sandbox', 'reproduce', 'localize', 'search', 'verify', 'pull_request'] as const;
const modelOrder = ['checkout', 'sandbox', 'work', 'verify', 'pull_request'] as const;
const askOrder = ['checkout', 'sandbox', 'work', 'answer'] as const;
/** Without a model nobody reads the change, and the tests alone are run. */
const readOrder = ['checkout', 'sandbox', 'work', 'verify', 'review'] as const;
const testsOrder = ['checkout', 'verify', 'review'] as const;
export type StageName = (typeof repairOrder)[number] | (typeof modelOrder)[number] | (typeof askOrder)[number] | (typeof readOrder)[number];

function orderOf(events: readonly TaskEventInfo[], attempt: number | null, kind: TaskKind): readonly StageName[] {
  const works = events.some((event) => event.attempt === attempt && event.type === 'stage_started' && event.data?.['stage'] === 'work');
  const tests = events.some((event) => event.attempt === attempt && event.type === 'stage_started' && event.data?.['stage'] === 'verify');
  switch (kind) {
    case 'ask':
      return askOrder;
    case 'review':
      return tests && !works ? testsOrder : readOrder;
    case 'change':
      return works ? modelOrder : repairOrder;
  }
}

export interface StageStep {
  name: StageName;
  /** `skipped`: the attempt went past it, or ended before it. */
  state: 'waiting' | 'active' | 'done' | 'stopped' | 'skipped';
  startedAt: string | null;
  endedAt: string | null;
}

const names: Record<string, string> = {
  checkout: 'Checkout',
  sandbox: 'Sandbox',
  reproduce: 'Reproduce',
  localize: 'Localize',
  search: 'Search',
  work: 'Work',
  export: 'Export',
  verify: 'Verify',
  answer: 'Answer',
  review: 'Review',
  pull_request: 'Pull request',
};

export const stageName = (stage: string): string => names[stage] ?? stage.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase());

/** Exporting the patch takes milliseconds and is shown as part of the stage before it. */
const stepOf = (order: readonly StageName[], stage: unknown): StageName | null => order.find((name) => name === stage) ?? null;

/** The attempt that most people want to see: the chosen one, or the one that got furthest last. */
export function shownAttempt(events: readonly TaskEventInfo[]): number | null {
  const round = events.slice(events.findLastIndex((event) => event.type === 'task_retried') + 1).filter((event) => event.attempt !== null);
  const last = (type: string) => round.findLast((event) => event.type === type);
  return (last('attempt_chosen') ?? last('patch_verified') ?? last('stage_started'))?.attempt ?? null;
}

/** How far an attempt of a task came: once the task has ended that is the attempt's own end, as another one's change may stand. */
export function stateOf(task: TaskDetail, number: number | null): TaskState {
  const { state } = task.summary;
  const own = task.attempts.find((one) => one.number === number);
  if (own === undefined || !isTerminal(state) || !isTerminal(own.state)) {
    return state;
  }
  const last = task.last_round ?? null;
  const unpublished = last !== null && own.state === 'succeeded' && !own.is_chosen && own.prompt_number === last.number;
  return unpublished ? last.state : own.state === 'succeeded' ? state : own.state;
}

/** When each stage of an attempt began and ended, out of the event log. */
export function stageSteps(events: readonly TaskEventInfo[], attempt: number | null, taskState: TaskState, kind: TaskKind = 'change'): StageStep[] {
  const order = orderOf(events, attempt, kind);
  const started = new Map<StageName, string>();
  const ended = new Map<StageName, string>();
  let current: StageName | null = null;
  let succeeded = false;

  const enter = (next: StageName | null, at: string) => {
    if (current !== null && current !== next) {
      ended.set(current, at);
    }
    if (next !== null && next !== current) {
      started.set(next, started.get(next) ?? at);
      ended.delete(next);
    }
    current = next;
  };

  for (const event of events) {
    if (event.attempt !== null && event.attempt !== attempt) {
      continue;
    }
    switch (event.type) {
      case 'attempt_claimed': // Also the start over after a rescue.
        started.clear();
        ended.clear();
        current = null;
        succeeded = false;
        break;
      case 'stage_started':
        enter(stepOf(order, event.data?.['stage']) ?? current, event.at);
        break;
      case 'patch_verified':
        succeeded = true;
        enter('pull_request', event.at);
        break;
      case 'paused':
      case 'plan_proposed':
        if (current !== null) {
          ended.set(current, event.at);
        }
        break;
      case 'question_answered':
        enter('answer', event.at);
        break;
      case 'change_reviewed':
        enter('review', event.at);
        break;
      case 'pull_request_opened':
        enter(null, event.at);
        break;
      case 'attempt_finished':
      case 'task_finished':
        if (current !== null && !(succeeded && current === 'pull_request' && event.type === 'attempt_finished')) {
          ended.set(current, event.at);
        }
        break;
    }
  }

  const reached = order.reduce((last, name, index) => (started.has(name) ? index : last), -1);
  const running = taskState === 'running' || taskState === 'paused' || taskState === 'publishing' || taskState === 'queued';
  return order.map((name, index) => {
    const startedAt = started.get(name) ?? null;
    const endedAt = ended.get(name) ?? null;
    const stopped = !running && taskState !== 'succeeded' && index === reached;
    const state =
      startedAt === null
        ? index < reached || !running
          ? 'skipped'
          : 'waiting'
        : endedAt === null && running
          ? 'active'
          : taskState === 'paused' && index === reached
            ? 'waiting' // For a person; it goes on there.
            : stopped
              ? 'stopped'
              : 'done';
    return { name, state, startedAt, endedAt };
  });
}
