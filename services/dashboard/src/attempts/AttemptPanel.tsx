import { Button, Skeleton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { describeError } from '../api/problem';
import { attemptQuery } from '../api/queries';
import type { AttemptInfo, TaskDetail } from '../api/types';
import { LazyPatchView } from '../diff/LazyPatchView';
import { EvidenceView } from '../evidence/EvidenceView';
import { ConfirmDialog } from '../ui/ConfirmDialog';
import { EmptyState } from '../ui/EmptyState';
import { Check, FileDiff } from '../ui/icons';
import { Notice } from '../ui/Notice';
import { canChoose, consequence, worksWith } from './attemptFacts';
import classes from './Attempts.module.css';
import { useChooseAttempt } from './useChooseAttempt';

interface AttemptPanelProps {
  task: TaskDetail;
  attempt: AttemptInfo;
  onChosen: () => void;
}

/** One attempt: its diff, its evidence, and taking its patch. */
export function AttemptPanel({ task, attempt, onChosen }: AttemptPanelProps) {
  const { id } = task.summary;
  const detail = useQuery(attemptQuery(id, attempt));
  const [asking, ask] = useDisclosure(false);
  const choose = useChooseAttempt(id, onChosen);
  const active = attempt.state === 'running' || attempt.state === 'queued';

  return (
    <section className={classes.panel} aria-label={`Attempt ${attempt.number}`}>
      <header className={classes.head}>
        <div>
          <h2 className={classes.title}>Attempt {attempt.number}</h2>
          <p className={classes.with}>
            {worksWith(attempt)}
            {attempt.reason !== null && `: ${attempt.reason}`}
          </p>
        </div>
        {canChoose(task, attempt) && (
          <Button leftSection={<Check size={16} />} onClick={ask.open} loading={choose.isPending}>
            Use this patch
          </Button>
        )}
      </header>
      {detail.isPending && <Skeleton height={240} radius="lg" aria-label="Loading the attempt" />}
      {detail.isError && <Notice tone="danger">{describeError(detail.error)}</Notice>}
      {detail.data !== undefined && (
        <>
          {detail.data.patch === null ? (
            <EmptyState icon={FileDiff} title={active ? 'No patch yet' : 'There is no patch'}>
              {active ? 'The attempt still works.' : 'The attempt ended without changing anything.'}
            </EmptyState>
          ) : (
            <LazyPatchView patch={detail.data.patch} downloadUrl={`/api/tasks/${id}/attempts/${attempt.number}/patch`} />
          )}
          {(detail.data.verification !== null || active) && (
            <EvidenceView taskId={id} attempt={attempt.number} report={detail.data.verification} active={active} />
          )}
        </>
      )}
      <ConfirmDialog
        opened={asking}
        onClose={ask.close}
        title={`Use the patch of attempt ${attempt.number}?`}
        confirm="Use this patch"
        busy={choose.isPending}
        onConfirm={() => choose.mutate(attempt.number, { onSettled: ask.close })}
      >
        {consequence(task, attempt)}
      </ConfirmDialog>
    </section>
  );
}
