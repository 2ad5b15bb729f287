import classes from './FilterBar.module.css';

interface FilterBarProps<T extends string> {
  label: string;
  options: readonly { value: T; label: string }[];
  value: T | null;
  onChange: (value: T | null) => void;
}

/** One choice of several, with "All" first; scrolls sideways by itself where the screen is narrow. */
export function FilterBar<T extends string>({ label, options, value, onChange }: FilterBarProps<T>) {
  const all: readonly { value: T | null; label: string }[] = [{ value: null, label: 'All' }, ...options];
  return (
    <div className={classes.bar} role="group" aria-label={label}>
      {all.map((option) => (
        <button
          key={option.value ?? 'all'}
          type="button"
          className={classes.option}
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
