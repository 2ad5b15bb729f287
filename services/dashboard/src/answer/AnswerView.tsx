import { lazy, Suspense } from 'react';
import type { AnswerReference, TaskDetail } from '../api/types';
import { EmptyState } from '../ui/EmptyState';
import { Check, MessageCircleQuestionMark, X } from '../ui/icons';
import { isTerminal } from '../tasks/isTerminal';
import classes from './Answer.module.css';

const Markdown = lazy(async () => ({ default: (await import('../ui/Markdown')).Markdown }));

const place = ({ path, line, end_line }: AnswerReference) => `${path}:${line}${end_line === null ? '' : `-${end_line}`}`;

/** The answer to a question, and whether the places that it names are there. */
export function AnswerView({ task }: { task: TaskDetail }) {
  const answer = task.answer ?? null;
  const references = task.references ?? [];
  if (answer === null) {
    const active = !isTerminal(task.summary.state);
    return (
      <EmptyState icon={MessageCircleQuestionMark} title={active ? 'No answer yet' : 'There is no answer'}>
        {active ? 'The model reads the repository in a sandbox. Its answer appears here.' : 'The task ended before the model answered.'}
      </EmptyState>
    );
  }
  return (
    <div className={classes.view}>
      <section className={classes.answer} aria-label="Answer">
        <Suspense fallback={<p className={classes.plain}>{answer}</p>}>
          <Markdown text={answer} />
        </Suspense>
      </section>
      {references.length > 0 && (
        <section>
          <h2 className={classes.heading}>References</h2>
          <p className={classes.note}>
            Checked against the files of commit <code>{task.base_commit?.slice(0, 12)}</code>.
          </p>
          <ul className={classes.references}>
            {references.map((reference) => (
              <li key={place(reference)} data-tone={reference.exists ? 'success' : 'danger'} className={classes.reference}>
                {reference.exists ? (
                  <Check size={15} strokeWidth={2.5} role="img" aria-label="exists" />
                ) : (
                  <X size={15} strokeWidth={2.5} role="img" aria-label="does not exist" />
                )}
                <code>{place(reference)}</code>
                {!reference.exists && <span className={classes.wrong}>not at this commit</span>}
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
