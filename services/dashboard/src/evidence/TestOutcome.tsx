import { ArrowRight, Check, CircleAlert, Shuffle, X, type LucideIcon } from '../ui/icons';
import type { VerificationReport } from '../api/types';
import type { Tone } from '../ui/tone';
import { plural } from '../ui/time';
import classes from './Evidence.module.css';

interface Group {
  title: string;
  tests: readonly string[];
  icon: LucideIcon;
  tone: Tone;
}

/** The tests by what the patch did to them. */
export function TestOutcome({ report }: { report: VerificationReport }) {
  const groups: Group[] = [
    { title: 'Failed before, pass now', tests: report.fail_to_pass, icon: Check, tone: 'success' },
    { title: 'Passed before, broken now', tests: report.broken, icon: X, tone: 'danger' },
    { title: 'Still failing', tests: report.still_failing, icon: CircleAlert, tone: 'warning' },
    { title: 'Deleted or skipped by the patch', tests: report.removed_tests ?? [], icon: CircleAlert, tone: 'warning' },
    { title: 'Flaky: differ between two runs', tests: report.flaky, icon: Shuffle, tone: 'warning' },
  ];
  return (
    <section>
      <dl className={classes.figures}>
        <Figure label="fail → pass" value={report.fail_to_pass.length} tone={report.fail_to_pass.length > 0 ? 'success' : 'neutral'} />
        <Figure label="still pass" value={report.pass_to_pass} tone="neutral" />
        <Figure label="broken" value={report.broken.length} tone={report.broken.length > 0 ? 'danger' : 'neutral'} />
        <Figure label="still failing" value={report.still_failing.length} tone={report.still_failing.length > 0 ? 'warning' : 'neutral'} />
        <Figure label="flaky" value={report.flaky.length} tone={report.flaky.length > 0 ? 'warning' : 'neutral'} />
      </dl>
      {!report.verified && report.reason !== '' && <p className={classes.note}>{report.reason}</p>}
      {groups
        .filter((group) => group.tests.length > 0)
        .map((group) => (
          <div key={group.title} className={classes.group}>
            <h2 className={classes.heading}>
              {group.title} <span className={classes.amount}>{plural(group.tests.length, 'test')}</span>
            </h2>
            <ul className={classes.tests}>
              {group.tests.map((test) => (
                <li key={test} data-tone={group.tone} className={classes.test}>
                  <group.icon size={15} strokeWidth={2.5} aria-hidden="true" />
                  <span>{test}</span>
                </li>
              ))}
            </ul>
          </div>
        ))}
    </section>
  );
}

function Figure({ label, value, tone }: { label: string; value: number; tone: Tone }) {
  const [before, after] = label.split(' → ');
  return (
    <div className={classes.figure} data-tone={tone}>
      <dt>
        {before}
        {after !== undefined && (
          <>
            {' '}
            <ArrowRight size={12} role="img" aria-label="to" /> {after}
          </>
        )}
      </dt>
      <dd>{value.toLocaleString('en')}</dd>
    </div>
  );
}
