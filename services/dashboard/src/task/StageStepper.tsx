import { Check, Circle, LoaderCircle, Minus, X } from '../ui/icons';
import { formatSeconds, secondsBetween } from '../ui/time';
import { useNow } from '../ui/useNow';
import { stageName, type StageStep } from './stages';
import classes from './StageStepper.module.css';

const icons = { waiting: Circle, active: LoaderCircle, done: Check, stopped: X, skipped: Minus } as const;
const words = { waiting: 'waiting', active: 'running', done: 'done', stopped: 'stopped here', skipped: 'not run' } as const;

/** The way of an attempt, with the time that each stage took. */
export function StageStepper({ steps }: { steps: readonly StageStep[] }) {
  const now = useNow(
    steps.some((step) => step.state === 'active'),
    200,
  );
  return (
    <ol className={classes.steps} aria-label="Stages">
      {steps.map((step) => {
        const Icon = icons[step.state];
        return (
          <li key={step.name} className={classes.step} data-state={step.state} aria-current={step.state === 'active' ? 'step' : undefined}>
            <span className={classes.icon}>
              <Icon size={step.state === 'waiting' ? 8 : 14} aria-hidden="true" strokeWidth={2.5} />
            </span>
            <span className={classes.name}>{stageName(step.name)}</span>
            <span className={classes.time}>
              {step.startedAt === null ? (
                <span className="visually-hidden">{words[step.state]}</span>
              ) : (
                <>
                  <span className="visually-hidden">{words[step.state]}, </span>
                  {formatSeconds(secondsBetween(step.startedAt, step.endedAt, now))}
                </>
              )}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
