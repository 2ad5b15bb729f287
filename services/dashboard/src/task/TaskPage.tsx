import { Skeleton, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { FileDiff, ListChecks, MessageCircleQuestionMark, MessageSquareDiff, ScrollText, Shuffle, SlidersHorizontal } from '../ui/icons';
import { useState } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { AnswerView } from '../answer/AnswerView';
import { ApiProblem, describeError } from '../api/problem';
import { taskQuery } from '../api/queries';
import type { TaskDetail } from '../api/types';
import { NotFoundPage } from '../app/NotFoundPage';
import { useShortcuts } from '../app/useShortcuts';
import { AttemptsView } from '../attempts/AttemptsView';
import { LazyPatchView } from '../diff/LazyPatchView';
import { EvidenceView } from '../evidence/EvidenceView';
import { ReviewView } from '../review/ReviewView';
import { RoundsPanel } from '../rounds/RoundsPanel';
import { SteeringPanel } from '../steering/SteeringPanel';
import { isTerminal } from '../tasks/isTerminal';
import { LogView } from '../task-log/LogView';
import { useTaskEvents } from '../task-log/useTaskEvents';
import { EmptyState } from '../ui/EmptyState';
import { Notice } from '../ui/Notice';
import { usePageTitle } from '../ui/usePageTitle';
import { DetailsView } from './DetailsView';
import { ProgressPanel } from './ProgressPanel';
import { TaskHeader } from './TaskHeader';
import { VerdictBanner } from './VerdictBanner';
import classes from './TaskPage.module.css';

const changeTabs = ['log', 'diff', 'evidence', 'details'] as const;
const askTabs = ['answer', 'log', 'details'] as const;
const reviewTabs = ['review', 'log', 'details'] as const;

export function TaskPage() {
  const { id = '' } = useParams();
  const task = useQuery(taskQuery(id));
  usePageTitle(task.data?.summary.title ?? 'Task', task.data?.summary.state);

  if (task.isPending) {
    return <Skeleton height={420} radius="lg" aria-label="Loading the task" />;
  }
  if (task.data === undefined) {
    const missing = task.error instanceof ApiProblem && (task.error.status === 404 || task.error.status === 400);
    return missing ? <NotFoundPage what="task" /> : <Notice tone="danger">{describeError(task.error)}</Notice>;
  }
  return <LoadedTask key={id} task={task.data} />;
}

function LoadedTask({ task }: { task: TaskDetail }) {
  const { id } = task.summary;
  const [generation, setGeneration] = useState(0);
  const [params, setParams] = useSearchParams();
  const events = useTaskEvents(id, generation);
  const question = task.summary.kind === 'ask';
  const reviewing = task.summary.kind === 'review';
  const several = task.attempts.length > 1;
  const tabs: readonly string[] = [...(question ? askTabs : reviewing ? reviewTabs : changeTabs), ...(several ? ['attempts'] : [])];
  const first = question ? 'answer' : reviewing ? 'review' : 'log';
  const tab = tabs.find((name) => name === params.get('tab')) ?? first;
  const active = !isTerminal(task.summary.state);

  const open = (name: string | null) => setParams(name === null || name === first ? {} : { tab: name }, { replace: true });
  const openNth = (index: number) => () => {
    if (tabs[index] !== undefined) {
      open(tabs[index]);
    }
  };
  useShortcuts({ '1': openNth(0), '2': openNth(1), '3': openNth(2), '4': openNth(3), '5': openNth(4) });

  return (
    <div className={classes.page}>
      <TaskHeader task={task} onRetried={() => setGeneration((before) => before + 1)} />
      <VerdictBanner task={task} />
      <ProgressPanel task={task} events={events.log.events} />
      <RoundsPanel task={task} onBegun={() => setGeneration((before) => before + 1)} />
      <SteeringPanel task={task} events={events.log.events} />
      <Tabs value={tab} onChange={open} keepMounted={false}>
        <Tabs.List className={classes.tabs}>
          {question && (
            <Tabs.Tab value="answer" leftSection={<MessageCircleQuestionMark size={16} />}>
              Answer
            </Tabs.Tab>
          )}
          {reviewing && (
            <Tabs.Tab value="review" leftSection={<MessageSquareDiff size={16} />}>
              Review
            </Tabs.Tab>
          )}
          <Tabs.Tab value="log" leftSection={<ScrollText size={16} />}>
            Log
          </Tabs.Tab>
          {!question && !reviewing && (
            <>
              <Tabs.Tab value="diff" leftSection={<FileDiff size={16} />}>
                Diff
              </Tabs.Tab>
              <Tabs.Tab value="evidence" leftSection={<ListChecks size={16} />}>
                Evidence
              </Tabs.Tab>
            </>
          )}
          <Tabs.Tab value="details" leftSection={<SlidersHorizontal size={16} />}>
            Details
          </Tabs.Tab>
          {several && (
            <Tabs.Tab value="attempts" leftSection={<Shuffle size={16} />}>
              Attempts
            </Tabs.Tab>
          )}
        </Tabs.List>
        <Tabs.Panel value="answer" className={classes.panel}>
          <AnswerView task={task} />
        </Tabs.Panel>
        <Tabs.Panel value="review" className={classes.panel}>
          <ReviewView task={task} />
        </Tabs.Panel>
        <Tabs.Panel value="log" className={classes.panel}>
          <LogView {...events} />
        </Tabs.Panel>
        <Tabs.Panel value="diff" className={classes.panel}>
          {task.patch === null ? (
            <EmptyState icon={FileDiff} title={active ? 'No patch yet' : 'There is no patch'}>
              {active ? 'The diff appears here as soon as the task has one.' : 'The task ended without changing anything.'}
            </EmptyState>
          ) : (
            <LazyPatchView patch={task.patch} downloadUrl={`/api/tasks/${id}/patch`} />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="evidence" className={classes.panel}>
          <EvidenceView taskId={id} report={task.verification} active={active} />
        </Tabs.Panel>
        <Tabs.Panel value="details" className={classes.panel}>
          <DetailsView task={task} />
        </Tabs.Panel>
        {several && (
          <Tabs.Panel value="attempts" className={classes.panel}>
            <AttemptsView task={task} onChosen={() => setGeneration((before) => before + 1)} />
          </Tabs.Panel>
        )}
      </Tabs>
    </div>
  );
}
