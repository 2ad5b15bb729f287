import { Progress } from '@mantine/core';
import type { Share } from './rounds';
import classes from './Rounds.module.css';

const amount = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 4 });

/** What is used of each limit; nothing where nothing is limited. */
export function UsageBars({ shares }: { shares: Share[] }) {
  if (shares.length === 0) {
    return null;
  }
  return (
    <div className={classes.bars}>
      {shares.map(({ name, used, limit, unit }) => {
        const percent = Math.min(100, (used / limit) * 100);
        return (
          <div key={name}>
            <div className={classes.barText}>
              <span>{name}</span>
              <span>
                {amount(used)} / {amount(limit)}
                {unit}
              </span>
            </div>
            <Progress value={percent} color={percent >= 100 ? 'red' : percent >= 80 ? 'yellow' : undefined} size="sm" aria-label={`${name}: ${amount(used)} of ${amount(limit)}${unit}`} />
          </div>
        );
      })}
    </div>
  );
}
