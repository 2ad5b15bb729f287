import { NumberInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { budgetQuery } from '../api/queries';
import { shares } from '../rounds/rounds';
import { UsageBars } from '../rounds/UsageBars';
import type { Draft } from './draft';
import type { FieldErrors } from './validation';

interface LimitFieldsProps {
  draft: Draft;
  errors: FieldErrors;
  onChange: (part: Partial<Draft>, field: keyof FieldErrors) => void;
}

/** What each attempt of a model may use. */
export function LimitFields({ draft, errors, onChange }: LimitFieldsProps) {
  return (
    <>
      <NumberInput
        label="Most turns"
        description="Model calls of each attempt."
        placeholder="default"
        min={1}
        max={1000}
        allowDecimal={false}
        value={draft.maxTurns}
        error={errors['limits.turns']}
        onChange={(maxTurns) => onChange({ maxTurns }, 'limits.turns')}
      />
      <NumberInput
        label="Most tokens"
        description="Of each attempt, cached ones too."
        placeholder="default"
        min={1000}
        max={1_000_000_000}
        step={100_000}
        allowDecimal={false}
        thousandSeparator=","
        value={draft.maxTokens}
        error={errors['limits.tokens']}
        onChange={(maxTokens) => onChange({ maxTokens }, 'limits.tokens')}
      />
      <NumberInput
        label="Highest cost"
        description="Of each attempt, as priced."
        placeholder="default"
        min={0.0001}
        max={1_000_000}
        thousandSeparator=","
        value={draft.maxCost}
        error={errors['limits.cost']}
        onChange={(maxCost) => onChange({ maxCost }, 'limits.cost')}
      />
    </>
  );
}

/** What the person has used of their own budget; nothing where it is not limited. */
export function OwnBudget() {
  const budget = useQuery(budgetQuery);
  return budget.data === undefined ? null : <UsageBars shares={shares(budget.data.used, budget.data.limits)} />;
}
