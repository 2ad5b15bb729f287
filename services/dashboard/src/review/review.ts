import type { ReviewEvidence, ReviewOmissions, ReviewRemark, ReviewSeverity } from '../api/types';
import type { Tone } from '../ui/tone';
import { plural } from '../ui/time';

export const severityTones: Record<ReviewSeverity, Tone> = { blocker: 'danger', major: 'warning', minor: 'info', nit: 'neutral' };

/** Comments by file; the file with the most serious one first, as the service orders them. */
export function byFile(remarks: readonly ReviewRemark[]): [string, ReviewRemark[]][] {
  const files = new Map<string, ReviewRemark[]>();
  for (const remark of remarks) {
    files.set(remark.path, [...(files.get(remark.path) ?? []), remark]);
  }
  return [...files].map(([path, some]) => [path, some.toSorted((one, other) => one.line - other.line)]);
}

export const place = ({ line, start_line }: ReviewRemark): string => (start_line === null ? `line ${line}` : `lines ${start_line}–${line}`);

/** What the review leaves out, in words; `null` when nothing. */
export function leftOut({ off_diff, duplicates, nits, too_many }: ReviewOmissions): string | null {
  const parts = [
    off_diff > 0 ? `${off_diff} named no line of the diff` : null,
    duplicates > 0 ? `${duplicates} said the same as another` : null,
    nits > 0 ? plural(nits, 'nit') : null,
    too_many > 0 ? `${too_many} beyond the limit` : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : `Left out: ${parts.join(', ')}.`;
}

/** The tests that say something, by what the change did to them. */
export const testGroups = (evidence: ReviewEvidence): [string, readonly string[], Tone][] =>
  (
    [
      ['Newly failing', evidence.newly_failing, 'danger'],
      ['Newly passing', evidence.newly_passing, 'success'],
      ['Deleted or skipped', evidence.removed_tests, 'warning'],
      ['Failing as before', evidence.still_failing, 'neutral'],
      ['Flaky: differ between two runs', evidence.flaky, 'warning'],
    ] satisfies [string, readonly string[], Tone][]
  ).filter(([, tests]) => tests.length > 0);
