import type { ReactNode } from 'react';
import { TriangleAlert } from './icons';
import classes from './PathWarning.module.css';

const mostNamed = 8;

interface PathWarningProps {
  title: ReactNode;
  paths: readonly string[];
  /** How many are named; the rest is counted. Default: 8. */
  most?: number;
  children?: ReactNode;
}

/** Files that a person has to think about, and what they can do. */
export function PathWarning({ title, paths, most = mostNamed, children }: PathWarningProps) {
  return (
    <div className={classes.warning} data-tone="warning">
      <strong>
        <TriangleAlert size={16} aria-hidden="true" /> {title}
      </strong>
      <ul>
        {paths.slice(0, most).map((path) => (
          <li key={path}>
            <code>{path}</code>
          </li>
        ))}
        {paths.length > most && <li>and {paths.length - most} more</li>}
      </ul>
      {children}
    </div>
  );
}
