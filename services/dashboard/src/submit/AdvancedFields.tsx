import { Checkbox, NumberInput, Select, TagsInput } from '@mantine/core';
import { taskTemplates, type BrainChoice, type ServiceInfo, type TaskTemplate } from '../api/types';
import type { Draft } from './draft';
import classes from './NewTaskPage.module.css';
import { LimitFields } from './LimitFields';
import type { FieldErrors } from './validation';

const templateNames: Record<TaskTemplate, string> = {
  'bug-fix': 'Bug fix',
  documentation: 'Documentation',
  feature: 'Feature',
  refactoring: 'Refactoring',
  tests: 'Tests',
  upgrade: 'Upgrade',
};
const templates = taskTemplates.map((value) => ({ value, label: templateNames[value] }));

interface AdvancedFieldsProps {
  draft: Draft;
  errors: FieldErrors;
  service: ServiceInfo | undefined;
  onChange: (part: Partial<Draft>, field: keyof FieldErrors) => void;
}

export function AdvancedFields({ draft, errors, service, onChange }: AdvancedFieldsProps) {
  const noModel = service?.has_model === false;
  const brains: { value: BrainChoice; label: string; disabled?: boolean }[] = [
    { value: 'auto', label: service === undefined ? 'Automatic' : `Automatic (${service.brain})` },
    { value: 'repair', label: 'Repair: search, no model' },
    { value: 'model', label: 'Model', disabled: noModel },
    { value: 'both', label: 'Both: attempt 1 repairs', disabled: noModel },
  ];
  const change = draft.kind === 'change';
  return (
    <div className={classes.triple}>
      {change && (
        <NumberInput
          label="Attempts"
          description="In parallel, 1 to 8; the best one wins."
          placeholder={String(Math.max(1, draft.models.length) + (draft.brain === 'both' ? 1 : 0))}
          min={1}
          max={8}
          allowDecimal={false}
          value={draft.attempts}
          error={errors.attempts}
          onChange={(attempts) => onChange({ attempts }, 'attempts')}
        />
      )}
      <NumberInput
        label="Time limit"
        description="Seconds for each attempt."
        placeholder={String(service?.default_timeout_seconds ?? 900)}
        min={10}
        max={86_400}
        step={60}
        allowDecimal={false}
        thousandSeparator=","
        value={draft.timeoutSeconds}
        error={errors.timeout_seconds}
        onChange={(timeoutSeconds) => onChange({ timeoutSeconds }, 'timeout_seconds')}
      />
      {change && (
        <Select
          label="Brain"
          description={noModel ? 'No model is configured.' : 'What searches for the change.'}
          data={brains}
          allowDeselect={false}
          value={draft.brain}
          error={errors.brain}
          onChange={(brain) => onChange({ brain: (brain ?? 'auto') as BrainChoice }, 'brain')}
        />
      )}
      {change && (
        <Select
          label="Template"
          description="What kind of task it is, for a model."
          placeholder="None"
          data={templates}
          clearable
          value={draft.template}
          error={errors.template}
          onChange={(template) => onChange({ template }, 'template')}
        />
      )}
      <TagsInput
        label="Models"
        description={noModel ? 'No model is configured.' : 'Configured ones, taken in turn.'}
        data={service?.models ?? []}
        placeholder={noModel ? 'none' : draft.models.length === 0 ? 'default' : undefined}
        className={classes.mono}
        maxTags={8}
        disabled={noModel && draft.models.length === 0}
        spellCheck={false}
        clearable
        value={draft.models}
        error={errors.models ?? errors.model}
        onChange={(models) => onChange({ models }, errors.model === undefined ? 'models' : 'model')}
      />
      {change && (
        <Checkbox
          label="Approve the plan first"
          description={noModel ? 'Plans are made by a model, and none is configured.' : 'The model plans, and changes files only when you have approved its plan.'}
          disabled={noModel && !draft.approvePlan}
          checked={draft.approvePlan}
          error={errors.approve_plan}
          onChange={(event) => onChange({ approvePlan: event.currentTarget.checked }, 'approve_plan')}
        />
      )}
      <LimitFields draft={draft} errors={errors} onChange={onChange} />
    </div>
  );
}
