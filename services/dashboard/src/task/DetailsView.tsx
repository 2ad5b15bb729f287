import { lazy, Suspense, type ReactNode } from 'react';
import type { AttemptInfo, AttemptPrompts, TaskDetail } from '../api/types';
import { CopyButton } from '../ui/CopyButton';
import { TaskBadge } from '../ui/StateBadge';
import { formatInstant, formatSeconds, plural, secondsBetween } from '../ui/time';
import classes from './TaskPage.module.css';

const Markdown = lazy(async () => ({ default: (await import('../ui/Markdown')).Markdown }));

/** What was asked for, what was measured, and each attempt. */
export function DetailsView({ task }: { task: TaskDetail }) {
  const { summary, usage } = task;
  const start = task.prompts[0]?.base_commit ?? task.base_commit;
  return (
    <div className={classes.details}>
      <section className={`${classes.box} ${classes.whole}`}>
        <h2 className={classes.boxTitle}>Prompt</h2>
        <p className={classes.prompt}>{task.prompt}</p>
      </section>
      {task.result_summary !== null && (summary.kind ?? 'change') === 'change' && (
        <section className={`${classes.box} ${classes.whole}`}>
          <h2 className={classes.boxTitle}>What the brain says</h2>
          <Suspense fallback={<p className={classes.prompt}>{task.result_summary}</p>}>
            <Markdown text={task.result_summary} />
          </Suspense>
        </section>
      )}
      <section className={classes.box}>
        <h2 className={classes.boxTitle}>Task</h2>
        <dl className={classes.list}>
          <Entry name="Id" code={summary.id} />
          <Entry name="Repository" code={summary.repository} />
          <Entry name="Base" code={start === null ? summary.base_ref : `${summary.base_ref} @ ${start.slice(0, 12)}`} copy={start} />
          {task.base_commit !== start && <Entry name="Patch on top of" code={task.base_commit?.slice(0, 12) ?? null} copy={task.base_commit} />}
          {typeof task.head_ref === 'string' && <Entry name="Reviewed" code={task.review ? `${task.head_ref} @ ${task.review.head_commit.slice(0, 12)}` : task.head_ref} />}
          <Entry name="Branch" code={task.branch} />
          <Entry name="Head" code={task.head_commit?.slice(0, 12) ?? null} copy={task.head_commit} />
          {task.test_command !== '' && <Entry name="Test command" code={task.test_command} />}
          <Entry name="Brain">{summary.brain}</Entry>
          {task.model !== null && <Entry name="Model">{task.model}</Entry>}
          {task.template !== null && <Entry name="Template">{task.template}</Entry>}
          {task.approve_plan && <Entry name="Plan">approved by a person first</Entry>}
          <Entry name="Time limit">{formatSeconds(task.timeout_seconds)}</Entry>
          <Entry name="Submitted">{formatInstant(summary.created_at)}</Entry>
          {summary.finished_at !== null && <Entry name="Ended">{formatInstant(summary.finished_at)}</Entry>}
        </dl>
      </section>
      <section className={classes.box}>
        <h2 className={classes.boxTitle}>Measured</h2>
        <dl className={classes.list}>
          <Entry name="Wall clock">{formatSeconds(usage.wall_seconds)}</Entry>
          <Entry name="Queued">{formatSeconds(usage.queue_seconds)}</Entry>
          <Entry name="Sandbox ready">{formatSeconds(usage.sandbox_ready_seconds)}</Entry>
          <Entry name="Candidates">{usage.candidates.toLocaleString('en')}</Entry>
          {usage.input_tokens + usage.output_tokens > 0 && (
            <Entry name="Tokens">
              {usage.input_tokens.toLocaleString('en')} in ({usage.cached_input_tokens.toLocaleString('en')} cached),{' '}
              {usage.output_tokens.toLocaleString('en')} out
            </Entry>
          )}
          {usage.cost > 0 && <Entry name="Cost">{usage.cost.toLocaleString('en', { maximumFractionDigits: 4 })}</Entry>}
        </dl>
      </section>
      <section className={classes.box}>
        <h2 className={classes.boxTitle}>{plural(task.attempts.length, 'attempt')}</h2>
        {task.attempts.map((attempt) => (
          <Attempt key={attempt.id} taskId={summary.id} attempt={attempt} />
        ))}
      </section>
    </div>
  );
}

interface EntryProps {
  name: string;
  code?: string | null;
  /** Copied instead of what is shown. */
  copy?: string | null;
  children?: ReactNode;
}

function Entry({ name, code, copy, children }: EntryProps) {
  if (code === null) {
    return null;
  }
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {code === undefined ? (
          children
        ) : (
          <>
            <code>{code}</code>
            <CopyButton text={copy ?? code} what={name.toLowerCase()} />
          </>
        )}
      </dd>
    </>
  );
}

function Attempt({ taskId, attempt }: { taskId: string; attempt: AttemptInfo }) {
  const parts = [
    attempt.worker === null ? null : `worker ${attempt.worker}`,
    attempt.epoch > 1 ? `claimed ${attempt.epoch} times` : null,
    attempt.started_at !== null && attempt.finished_at !== null ? formatSeconds(secondsBetween(attempt.started_at, attempt.finished_at, 0)) : null,
    attempt.candidates_tried > 0 ? plural(attempt.candidates_tried, 'candidate') : null,
  ].filter((part) => part !== null);
  return (
    <article className={classes.attempt}>
      <header>
        Attempt {attempt.number} <TaskBadge state={attempt.state} />
      </header>
      {parts.length > 0 && <p>{parts.join(' · ')}</p>}
      {attempt.reason !== null && <p>{attempt.reason}</p>}
      {attempt.prompts !== null && attempt.prompts !== undefined && <Prompts taskId={taskId} attempt={attempt} prompts={attempt.prompts} />}
    </article>
  );
}

function Prompts({ taskId, attempt, prompts }: { taskId: string; attempt: AttemptInfo; prompts: AttemptPrompts }) {
  return (
    <>
      <p>
        model {prompts.model} · prompts version {prompts.version}, <code title={prompts.hash}>{prompts.hash.slice(0, 12)}</code>
      </p>
      {attempt.finished_at !== null && (
        <p>
          <a href={`/api/tasks/${taskId}/attempts/${attempt.number}/replay`} download>
            Download replay bundle
          </a>
        </p>
      )}
    </>
  );
}
