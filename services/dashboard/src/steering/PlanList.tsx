import { Check, Circle } from '../ui/icons';
import { planSteps } from './steering';
import classes from './SteeringPanel.module.css';

/** A plan as steps, done ones marked. */
export function PlanList({ text }: { text: string }) {
  return (
    <ol className={classes.plan}>
      {planSteps(text).map((step, index) => (
        <li key={index} className={classes.step} data-done={step.done || undefined}>
          {step.done ? <Check size={14} aria-label="Done:" /> : <Circle size={8} aria-hidden="true" />}
          <span>{step.text}</span>
        </li>
      ))}
    </ol>
  );
}
