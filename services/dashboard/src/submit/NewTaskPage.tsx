import { Button, Textarea } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { ChevronRight, CornerDownLeft } from '../ui/icons';
import { useEffect, useLayoutEffect, useState, type FormEvent, type KeyboardEvent } from 'react';
import { useNavigate } from 'react-router';
import { ApiProblem, describeError } from '../api/problem';
import { inspectionQuery, serviceQuery } from '../api/queries';
import type { RepositoryInspection } from '../api/types';
import { Notice } from '../ui/Notice';
import { usePageTitle } from '../ui/usePageTitle';
import { AdvancedFields } from './AdvancedFields';
import { hasAdvanced, loadDraft, nextDraft, prefill, saveDraft, toRequest, type Draft } from './draft';
import { OwnBudget } from './LimitFields';
import classes from './NewTaskPage.module.css';
import { KindSwitch } from './KindSwitch';
import { ModelNeed } from './ModelNeed';
import { RepositoryFields } from './RepositoryFields';
import { useSubmitTask } from './useSubmitTask';
import { mapProblemFields, validate, type FieldErrors } from './validation';

const advancedFields = [
  'attempts', 'timeout_seconds', 'brain', 'template', 'model', 'models', 'approve_plan', 'limits.turns', 'limits.tokens', 'limits.cost',
] as const;

export function NewTaskPage() {
  usePageTitle('New task');
  const [draft, setDraft] = useState<Draft>(() => loadDraft(localStorage));
  const [errors, setErrors] = useState<FieldErrors>({});
  const [problem, setProblem] = useState<string | null>(null);
  const [refusals, setRefusals] = useState(0);
  const [advanced, advancedControl] = useDisclosure(hasAdvanced(draft));
  const [repository] = useDebouncedValue(draft.repository.trim(), 350);
  const inspection = useQuery(inspectionQuery(repository));
  const service = useQuery(serviceQuery);
  const navigate = useNavigate();
  const maxPrompt = service.data?.max_prompt_length ?? 100_000;

  useEffect(() => saveDraft(localStorage, draft), [draft]);

  // Once the messages of a refusal are drawn, the first wrong field takes the focus.
  useLayoutEffect(() => {
    if (refusals > 0) {
      document.querySelector<HTMLElement>('form [aria-invalid="true"]')?.focus();
    }
  }, [refusals]);

  // Once for each inspection that arrives, while rendering, so that no half-filled form is ever drawn.
  const [inspected, setInspected] = useState<RepositoryInspection | null>(null);
  if (inspection.data !== undefined && inspection.data !== inspected) {
    setInspected(inspection.data);
    setDraft(prefill(draft, inspection.data));
  }

  const change = (part: Partial<Draft>, field: keyof FieldErrors) => {
    setDraft((before) => ({ ...before, ...part }));
    setErrors((before) => ({ ...before, [field]: undefined }));
  };

  const submission = useSubmitTask((task) => {
    saveDraft(localStorage, nextDraft(draft));
    void navigate(`/tasks/${task.summary.id}`);
  });

  const show = (found: FieldErrors) => {
    setErrors(found);
    if (advancedFields.some((field) => found[field] !== undefined)) {
      advancedControl.open();
    }
    setRefusals((before) => before + 1);
  };

  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (submission.isPending) {
      return;
    }
    const request = toRequest(draft);
    const found = validate(request, maxPrompt);
    setProblem(null);
    if (Object.keys(found).length > 0) {
      show(found);
      return;
    }
    submission.mutate(request, {
      onError: (error) => {
        const mapped = mapProblemFields(error instanceof ApiProblem ? error.fields : {});
        setProblem([describeError(error), ...mapped.other].join(' '));
        show(mapped.fields);
      },
    });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
    }
  };

  const question = draft.kind === 'ask';
  const review = draft.kind === 'review';
  const tooLong = draft.prompt.length > maxPrompt;
  return (
    <form className={classes.form} onSubmit={submit} onKeyDown={onKeyDown} noValidate aria-label="New task">
      <header>
        <h1 className={classes.title}>New task</h1>
        <p className={classes.lead}>
          {question
            ? 'A model reads the repository in a sandbox and answers; nothing is changed.'
            : review
            ? 'The change is read in a sandbox and its tests are run before and with it; nothing is changed.'
            : 'The change is made in a sandbox, proven with the repository’s own tests, and offered as a pull request.'}
        </p>
      </header>
      {problem !== null && <Notice tone="danger" title="The task was not submitted">{problem}</Notice>}
      <section className={classes.section}>
        <KindSwitch kind={draft.kind} onChange={(kind) => change({ kind }, 'kind')} />
        <RepositoryFields draft={draft} errors={errors} inspection={inspection} onChange={change} />
        <ModelNeed draft={draft} service={service.data} />
      </section>
      <section className={classes.section}>
        <Textarea
          label={question ? 'Question' : review ? 'What to look at' : 'What is to be done'}
          description={
            question
              ? 'The answer names files and lines, which are checked to exist.'
              : review
              ? 'May be left empty.'
              : 'Say what is wrong and what should happen. Naming a function, file or test guides the search.'
          }
          placeholder={question ? 'Where is a page of users cut, and who calls that?' : review ? 'Is the paging right at the end of the list?' : 'Fix the pagination bug in the users endpoint: page 2 repeats users from page 1.'}
          autosize
          minRows={5}
          maxRows={18}
          required={!review}
          withAsterisk={false}
          value={draft.prompt}
          error={errors.prompt}
          onChange={(event) => change({ prompt: event.currentTarget.value }, 'prompt')}
        />
        <div className={classes.counter} data-over={tooLong || undefined} aria-live={tooLong ? 'polite' : 'off'}>
          {draft.prompt.length.toLocaleString('en')} of {maxPrompt.toLocaleString('en')} characters
        </div>
        <button type="button" className={classes.toggle} aria-expanded={advanced} onClick={advancedControl.toggle}>
          <ChevronRight size={16} aria-hidden="true" className={classes.chevron} />
          {question || review ? 'Time and model' : 'Attempts, time, brain and model'}
        </button>
        {advanced && <AdvancedFields draft={draft} errors={errors} service={service.data} onChange={change} />}
      </section>
      <OwnBudget />
      <footer className={classes.footer}>
        <span className={classes.hint}>
          <kbd>Ctrl</kbd> <CornerDownLeft size={13} aria-label="Enter" /> submits. The draft is kept in this browser.
        </span>
        <Button type="submit" size="md" loading={submission.isPending}>
          {question ? 'Ask' : review ? 'Review' : 'Submit task'}
        </Button>
      </footer>
    </form>
  );
}
