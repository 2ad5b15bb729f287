import classes from './Logo.module.css';

/** A C that is open for the tick: code, verified. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className={classes.mark}>
      <rect width="32" height="32" rx="8" className={classes.ground} />
      <path d="M22.2 9.6A9 9 0 1 0 25 16" className={classes.letter} />
      <path d="m12.4 16.2 3.3 3.3 8.6-8.9" className={classes.tick} />
    </svg>
  );
}

export function Wordmark({ large = false }: { large?: boolean }) {
  return (
    <span className={classes.wordmark} data-large={large || undefined}>
      <Mark size={large ? 36 : 28} />
      <span className={classes.name}>
        Codex<span className={classes.second}>Service</span>
      </span>
    </span>
  );
}
