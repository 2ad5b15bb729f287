import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { TaskDetail, TaskEventInfo } from '../api/types';
import { candidateRate, candidateSeries } from './progress';
import { Sparkline } from './Sparkline';
import { shownAttempt, stageSteps, stateOf } from './stages';
import { StageStepper } from './StageStepper';
import classes from './TaskPage.module.css';

interface ProgressPanelProps {
  task: TaskDetail;
  events: readonly TaskEventInfo[];
}

/** Where the task is, and how fast it searches. */
export function ProgressPanel({ task, events }: ProgressPanelProps) {
  const [chosen, choose] = useState<number | null>(null);
  const { kind } = task.summary;
  const winner = task.attempts.find((one) => one.is_chosen)?.number;
  const attempt = chosen ?? winner ?? shownAttempt(events) ?? task.attempts[0]?.number ?? null;
  const shown = stateOf(task, attempt);
  const steps = useMemo(() => stageSteps(events, attempt, shown, kind), [events, attempt, shown, kind]);
  const points = useMemo(() => candidateSeries(events, attempt), [events, attempt]);
  const searching = steps.some((step) => step.name === 'search' && step.state === 'active');
  const rate = candidateRate(points, searching);
  const tried = points.at(-1)?.candidates ?? 0;

  return (
    <section className={classes.progress} aria-label="Progress">
      {task.attempts.length > 1 && (
        <div className={classes.attempts}>
          <span>Attempt</span>
          <SegmentedControl
            size="xs"
            aria-label="Attempt"
            data={task.attempts.map((one) => String(one.number))}
            value={String(attempt)}
            onChange={(value) => choose(Number(value))}
          />
        </div>
      )}
      <StageStepper steps={steps} />
      {tried > 0 && (
        <div className={classes.search}>
          <div>
            <div className={classes.counter}>{tried.toLocaleString('en')}</div>
            <div className={classes.unit}>candidates{rate !== null && ` · ${rate < 10 ? rate.toFixed(1) : Math.round(rate)} a second`}</div>
          </div>
          <div className={classes.chart}>
            <Sparkline points={points} />
          </div>
        </div>
      )}
    </section>
  );
}
