import { ListChecks } from '../ui/icons';
import type { VerificationReport } from '../api/types';
import { EmptyState } from '../ui/EmptyState';
import { BlockedNetwork } from './BlockedNetwork';
import { ChangedTests } from './ChangedTests';
import { CommandTable } from './CommandTable';
import classes from './Evidence.module.css';
import { TestOutcome } from './TestOutcome';

interface EvidenceViewProps {
  taskId: string;
  /** Of this attempt alone; without it, of the task's result. */
  attempt?: number;
  report: VerificationReport | null;
  /** The task still works. */
  active: boolean;
}

/** What the verdict rests on: the tests, and every recorded command. */
export function EvidenceView({ taskId, attempt, report, active }: EvidenceViewProps) {
  if (report === null) {
    return (
      <EmptyState icon={ListChecks} title={active ? 'No evidence yet' : 'No evidence was recorded'}>
        {active
          ? 'Once there is a patch, it is applied in a fresh sandbox and the tests run again, twice. The commands and their exit codes appear here.'
          : 'The task ended before a patch was verified.'}
      </EmptyState>
    );
  }
  return (
    <div className={classes.view}>
      <ChangedTests report={report} />
      <TestOutcome report={report} />
      <BlockedNetwork report={report} />
      <section>
        <h2 className={classes.heading}>Commands</h2>
        <p className={classes.note}>Recorded in the sandbox; the verdict follows from these exit codes alone.</p>
        <CommandTable taskId={taskId} attempt={attempt} commands={report.commands} />
      </section>
    </div>
  );
}
