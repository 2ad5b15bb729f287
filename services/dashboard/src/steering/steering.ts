import type { PlanInfo, TaskDetail, TaskEventInfo } from '../api/types';
import { isTerminal } from '../tasks/isTerminal';

/** Whether a model works on the task, as far as it is known by now; only a model can be steered. */
export const isModelTask = (task: TaskDetail, events: readonly TaskEventInfo[]): boolean =>
  task.summary.brain === 'model' || task.approve_plan || events.some((event) => event.type === 'stage_started' && event.data?.['stage'] === 'work');

export type Steering = 'running' | 'pausing' | 'paused' | 'plan_waits';

/** Where the task is between a person and the model; `null` when there is nothing to steer. */
export function steeringOf(task: TaskDetail, events: readonly TaskEventInfo[]): Steering | null {
  const { state } = task.summary;
  if (isTerminal(state) || state === 'publishing' || task.cancel_requested || !isModelTask(task, events)) {
    return null;
  }
  if (task.pause_requested) {
    return state === 'paused' ? 'paused' : 'pausing';
  }
  return task.plans.some((plan) => plan.state === 'waiting') ? 'plan_waits' : 'running';
}

export interface PlanStep {
  text: string;
  done: boolean;
}

/** A plan's lines; the mark of a done step becomes a fact. */
export const planSteps = (plan: string): PlanStep[] =>
  plan
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const marked = /^\s*(?:[-*]\s*)?\[([ xX])\]\s*(.*)$/.exec(line);
      return marked === null ? { text: line.trim(), done: false } : { text: marked[2] ?? '', done: marked[1] !== ' ' };
    });

/** The newest plan of each attempt as its model keeps it, out of the event log. */
export function livePlans(events: readonly TaskEventInfo[]): { attempt: number; text: string }[] {
  const plans = new Map<number, string>();
  for (const event of events) {
    const plan = event.data?.['plan'];
    if (event.attempt !== null && typeof plan === 'string' && plan !== '' && (event.type === 'turn_finished' || event.type === 'plan_approved')) {
      plans.set(event.attempt, plan);
    }
  }
  return [...plans].sort(([left], [right]) => left - right).map(([attempt, text]) => ({ attempt, text }));
}

export const waitingPlans = (task: TaskDetail): PlanInfo[] => (isTerminal(task.summary.state) ? [] : task.plans.filter((plan) => plan.state === 'waiting'));
