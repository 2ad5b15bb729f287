import { Button } from '@mantine/core';
import { useMemo } from 'react';
import type { TaskDetail, TaskEventInfo } from '../api/types';
import { isTerminal } from '../tasks/isTerminal';
import { CirclePlay, Pause } from '../ui/icons';
import { MessageBox } from './MessageBox';
import { PlanList } from './PlanList';
import { PlanReview } from './PlanReview';
import { livePlans, steeringOf, waitingPlans, type Steering } from './steering';
import classes from './SteeringPanel.module.css';
import { useSteering } from './useSteering';

interface SteeringPanelProps {
  task: TaskDetail;
  events: readonly TaskEventInfo[];
}

const words: Record<Steering, string> = {
  running: 'The model works',
  pausing: 'Pausing: the model finishes its turn first',
  paused: 'Paused: nothing runs until you resume',
  plan_waits: 'Waits for you',
};

const hints: Record<Steering, string> = {
  running: 'Read before its next turn.',
  pausing: 'Read before its next turn, after you resume.',
  paused: 'Read before its next turn, after you resume.',
  plan_waits: 'The model makes another plan with it.',
};

/** What a model plans, and what a person can do about it while it works. */
export function SteeringPanel({ task, events }: SteeringPanelProps) {
  const steering = steeringOf(task, events);
  const plans = useMemo(() => livePlans(events), [events]);
  const { pause, resume, say, approve } = useSteering(task.summary.id);
  const waiting = waitingPlans(task);
  const last = task.attempts.find((one) => one.is_chosen)?.number ?? task.attempts.at(-1)?.number;
  const shown = plans.filter((plan) => !waiting.some((one) => one.attempt === plan.attempt) && (!isTerminal(task.summary.state) || plan.attempt === last));
  const numbered = task.attempts.length > 1;
  if (steering === null && shown.length === 0) {
    return null;
  }
  const stands = steering === 'paused' || steering === 'pausing';
  return (
    <section className={classes.panel} aria-label="Plan and messages">
      {steering !== null && (
        <div className={classes.head}>
          <span className={classes.state} role="status">
            {words[steering]}
          </span>
          {stands ? (
            <Button size="xs" variant="default" leftSection={<CirclePlay size={15} />} onClick={() => resume.mutate()} loading={resume.isPending}>
              Resume
            </Button>
          ) : (
            steering === 'running' && (
              <Button size="xs" variant="default" leftSection={<Pause size={15} />} onClick={() => pause.mutate()} loading={pause.isPending}>
                Pause
              </Button>
            )
          )}
        </div>
      )}
      {waiting.map((plan) => (
        <PlanReview key={`${plan.attempt}-${plan.revision}`} plan={plan} numbered={numbered} approve={approve} />
      ))}
      {shown.map((plan) => (
        <div key={plan.attempt}>
          <h3 className={classes.name}>{numbered ? `Plan of attempt ${plan.attempt}` : 'Plan'}</h3>
          <PlanList text={plan.text} />
        </div>
      ))}
      {steering !== null && <MessageBox task={task} hint={hints[steering]} say={say} />}
    </section>
  );
}
