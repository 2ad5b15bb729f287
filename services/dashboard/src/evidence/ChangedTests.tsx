import type { VerificationReport } from '../api/types';
import { Notice } from '../ui/Notice';
import { plural } from '../ui/time';
import classes from './Evidence.module.css';

/** Says that the patch changed tests of its own proof; nothing when it did not. */
export function ChangedTests({ report }: { report: VerificationReport }) {
  // Reports of earlier versions do not say.
  const changed = report.changed_tests ?? [];
  const repaired = report.changed_fail_to_pass ?? [];
  if (changed.length === 0) {
    return null;
  }
  return (
    <Notice tone="warning" title={`The patch changes ${plural(changed.length, 'test file')}: read ${changed.length === 1 ? 'it' : 'them'} first`}>
      <ul className={classes.changed}>
        {changed.map((file) => (
          <li key={file.path}>
            <code>{file.path}</code> {file.change}
          </li>
        ))}
      </ul>
      {repaired.length > 0 && (
        <p className={classes.changedNote}>
          {plural(repaired.length, 'test')} that failed and {repaired.length === 1 ? 'passes' : 'pass'} now {repaired.length === 1 ? 'is' : 'are'} in these files:{' '}
          <code>{repaired.slice(0, 5).join(', ')}</code>
          {repaired.length > 5 && ` and ${repaired.length - 5} more`}
        </p>
      )}
    </Notice>
  );
}
