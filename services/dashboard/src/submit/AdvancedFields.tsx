import { NumberInput, Select, TextInput } from '@mantine/core';
import { taskTemplates, type BrainChoice, type ServiceInfo, type TaskTemplate } from '../api/types';
import type { Draft } from './draft';
import classes from './NewTaskPage.module.css';
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
  const brains: { value: BrainChoice; label: string }[] = [
    { value: 'auto', label: service === undefined ? 'Automatic' : `Automatic (${service.brain})` },
    { value: 'repair', label: 'Repair: search, no model' },
    { value: 'model', label: 'Model' },
  ];
  const change = draft.kind === 'change';
  return (
    <div className={classes.triple}>
      {change && (
        <NumberInput
          label="Attempts"
          description="In parallel, 1 to 8."
          placeholder="1"
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
          description="What searches for the change."
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
      <TextInput
        label="Model"
        description="Name of a configured model."
        placeholder="default"
        className={classes.mono}
        maxLength={64}
        spellCheck={false}
        value={draft.model}
        error={errors.model}
        onChange={(event) => onChange({ model: event.currentTarget.value }, 'model')}
      />
    </div>
  );
}
