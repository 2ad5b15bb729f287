import { Button, Textarea, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { lazy, Suspense, useState, type FormEvent } from 'react';
import { describeError } from '../api/problem';
import type { TaskDetail } from '../api/types';
import { Notice } from '../ui/Notice';
import { formatInstant } from '../ui/time';
import { ContinueDialog } from './ContinueDialog';
import { canFollowUp, continuable, shares } from './rounds';
import classes from './Rounds.module.css';
import { UsageBars } from './UsageBars';
import { useRounds } from './useRounds';

const Markdown = lazy(async () => ({ default: (await import('../ui/Markdown')).Markdown }));

interface RoundsPanelProps {
  task: TaskDetail;
  onBegun: () => void;
}

/** What the task was asked so far, what it has used of its limits, and how it goes on once it has ended. */
export function RoundsPanel({ task, onBegun }: RoundsPanelProps) {
  const [prompt, setPrompt] = useState('');
  const [testCommand, setTestCommand] = useState('');
  const [adding, add] = useDisclosure(false);
  const { followUp, goOn } = useRounds(task.summary.id, () => {
    setPrompt('');
    add.close();
    onBegun();
  });
  const open = canFollowUp(task);
  const early = continuable(task);
  const bars = shares(task.used, task.limits);
  if (!open && task.prompts.length < 2 && bars.length === 0) {
    return null;
  }

  const submit = (event: FormEvent) => {
    event.preventDefault();
    followUp.mutate({ prompt, test_command: testCommand.trim() === '' ? null : testCommand.trim() });
  };

  return (
    <section className={classes.panel} aria-label="Follow-ups">
      <UsageBars shares={bars} />
      {task.prompts.length > 1 && (
        <ol className={classes.prompts} aria-label="Rounds so far">
          {task.prompts.map((asked) => (
            <li key={asked.number} value={asked.number}>
              <Suspense fallback={<p>{asked.text}</p>}>
                <Markdown text={asked.text} />
              </Suspense>
              <time dateTime={asked.at}>{formatInstant(asked.at)}</time>
            </li>
          ))}
        </ol>
      )}
      {open && (
        <form onSubmit={submit} className={classes.form}>
          <Textarea
            label="Follow-up"
            description={task.summary.kind === 'ask' ? 'Another question, with this one and its answer in mind.' : task.pull_request === null ? 'More work on top of what was done.' : `More work on top of pull request #${task.pull_request.number}, which gets the result.`}
            placeholder={task.summary.kind === 'ask' ? 'And where is it tested?' : 'Also handle an empty list.'}
            autosize
            minRows={1}
            maxRows={12}
            value={prompt}
            onChange={(event) => setPrompt(event.currentTarget.value)}
          />
          {prompt.trim() !== '' && (
            <TextInput
              label="Test command"
              placeholder={task.test_command}
              spellCheck={false}
              value={testCommand}
              onChange={(event) => setTestCommand(event.currentTarget.value)}
            />
          )}
          {followUp.isError && <Notice tone="danger" title="The follow-up was not taken">{describeError(followUp.error)}</Notice>}
          <div className={classes.buttons}>
            {early !== null && (
              <Button variant="default" onClick={add.open}>
                Add budget and continue
              </Button>
            )}
            <Button type="submit" disabled={prompt.trim() === ''} loading={followUp.isPending}>
              Ask for more
            </Button>
          </div>
        </form>
      )}
      {early !== null && (
        <ContinueDialog
          attempt={early}
          opened={adding}
          busy={goOn.isPending}
          error={goOn.error}
          onClose={add.close}
          onConfirm={(request) => goOn.mutate(request)}
        />
      )}
    </section>
  );
}
