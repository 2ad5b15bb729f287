import type { AttemptInfo } from '../api/types';
import { TaskBadge } from '../ui/StateBadge';
import { formatSeconds } from '../ui/time';
import { ranked, worksWith } from './attemptFacts';
import classes from './Attempts.module.css';

interface AttemptTableProps {
  attempts: readonly AttemptInfo[];
  shown: number;
  onShow: (number: number) => void;
}

const figure = (value: number | null) => (value === null ? '–' : value.toLocaleString('en'));

/** The attempts side by side, best first. */
export function AttemptTable({ attempts, shown, onShow }: AttemptTableProps) {
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label="Attempts">
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col" className={classes.right}>Rank</th>
            <th scope="col">Attempt</th>
            <th scope="col">State</th>
            <th scope="col" className={classes.right}>Tests passed</th>
            <th scope="col" className={classes.right}>Broken</th>
            <th scope="col" className={classes.right}>Lines</th>
            <th scope="col" className={classes.right}>Tokens</th>
            <th scope="col" className={classes.right}>Cost</th>
            <th scope="col" className={classes.right}>Duration</th>
          </tr>
        </thead>
        <tbody>
          {ranked(attempts).map((attempt) => {
            const { usage } = attempt;
            const tokens = usage.input_tokens + usage.output_tokens;
            return (
              <tr key={attempt.id} data-shown={attempt.number === shown || undefined} onClick={() => onShow(attempt.number)}>
                <td className={classes.right}>{figure(attempt.rank)}</td>
                <th scope="row">
                  <button type="button" className={classes.pick} aria-pressed={attempt.number === shown} onClick={() => onShow(attempt.number)}>
                    Attempt {attempt.number}
                    {attempt.is_chosen && <span className={classes.chosen}>chosen</span>}
                  </button>
                  <div className={classes.with}>{worksWith(attempt)}</div>
                </th>
                <td>
                  <TaskBadge state={attempt.state} />
                </td>
                <td className={classes.right}>{figure(attempt.tests_passed)}</td>
                <td className={classes.right}>
                  <span data-tone={(attempt.regressions ?? 0) > 0 ? 'danger' : undefined} className={classes.figure}>
                    {figure(attempt.regressions)}
                  </span>
                </td>
                <td className={classes.right}>{figure(attempt.patch_lines)}</td>
                <td className={classes.right}>{tokens > 0 ? tokens.toLocaleString('en') : '–'}</td>
                <td className={classes.right}>{usage.cost > 0 ? usage.cost.toLocaleString('en', { maximumFractionDigits: 4 }) : '–'}</td>
                <td className={classes.right}>{usage.wall_seconds > 0 ? formatSeconds(usage.wall_seconds) : '–'}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
