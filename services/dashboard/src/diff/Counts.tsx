import classes from './PatchView.module.css';

export function Counts({ additions, deletions }: { additions: number; deletions: number }) {
  return (
    <span className={classes.counts}>
      <span className={classes.added} aria-label={`${additions} added`}>
        +{additions}
      </span>
      <span className={classes.removed} aria-label={`${deletions} removed`}>
        −{deletions}
      </span>
    </span>
  );
}
