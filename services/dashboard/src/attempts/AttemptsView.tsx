import { useState } from 'react';
import type { TaskDetail } from '../api/types';
import { AttemptPanel } from './AttemptPanel';
import { AttemptTable } from './AttemptTable';
import { shownFirst } from './attemptFacts';
import classes from './Attempts.module.css';

interface AttemptsViewProps {
  task: TaskDetail;
  /** A person took another patch: the task may go on after its end. */
  onChosen: () => void;
}

/** Several attempts at one task: how they compare, and what each one found. */
export function AttemptsView({ task, onChosen }: AttemptsViewProps) {
  const [wanted, setWanted] = useState<number | null>(null);
  const shown = task.attempts.find((one) => one.number === wanted) ?? shownFirst(task.attempts);
  if (shown === undefined) {
    return null;
  }
  return (
    <div className={classes.view}>
      <p className={classes.note}>
        When all have ended, the verified ones are ranked: most tests passed, then fewest broken, then the smallest patch. You may take another one.
      </p>
      <AttemptTable attempts={task.attempts} shown={shown.number} onShow={setWanted} />
      <AttemptPanel key={shown.id} task={task} attempt={shown} onChosen={onChosen} />
    </div>
  );
}
