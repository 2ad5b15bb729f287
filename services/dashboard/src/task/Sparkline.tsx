import type { ProgressPoint } from './progress';
import classes from './Sparkline.module.css';

const width = 240;
const height = 44;
const most = 160;

/** Candidates tried over time, as one line. */
export function Sparkline({ points }: { points: readonly ProgressPoint[] }) {
  const last = points.at(-1);
  if (points.length < 3 || last === undefined || last.candidates === 0 || last.seconds === 0) {
    return null;
  }
  const every = Math.ceil(points.length / most);
  const drawn = points.filter((_, index) => index % every === 0 || index === points.length - 1);
  const x = (point: ProgressPoint) => ((point.seconds / last.seconds) * (width - 6) + 3).toFixed(1);
  const y = (point: ProgressPoint) => (height - 3 - (point.candidates / last.candidates) * (height - 8)).toFixed(1);
  const line = drawn.map((point) => `${x(point)},${y(point)}`).join(' L');
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      className={classes.chart}
      role="img"
      aria-label={`${last.candidates} candidates tried in ${Math.round(last.seconds)} seconds`}
      preserveAspectRatio="none"
    >
      <path d={`M${line} L${width - 3},${height} L3,${height} Z`} className={classes.area} />
      <path d={`M${line}`} className={classes.line} />
    </svg>
  );
}
