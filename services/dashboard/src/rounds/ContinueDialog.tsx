import { Button, Modal, NumberInput } from '@mantine/core';
import { useState } from 'react';
import { describeError } from '../api/problem';
import type { AttemptInfo, ContinueTaskRequest } from '../api/types';
import { Notice } from '../ui/Notice';
import { nothingAdded, toContinueRequest, whyEnded, type Addition } from './rounds';
import classes from './Rounds.module.css';

interface ContinueDialogProps {
  attempt: AttemptInfo;
  opened: boolean;
  busy: boolean;
  error: unknown;
  onClose: () => void;
  onConfirm: (request: ContinueTaskRequest) => void;
}

const fields: { key: keyof Addition; label: string; min: number; max: number; step: number; decimal?: boolean }[] = [
  { key: 'turns', label: 'Turns', min: 1, max: 1000, step: 10 },
  { key: 'timeoutSeconds', label: 'Seconds', min: 10, max: 86_400, step: 300 },
  { key: 'tokens', label: 'Tokens', min: 1000, max: 1_000_000_000, step: 100_000 },
  { key: 'cost', label: 'Cost', min: 0.0001, max: 1_000_000, step: 1, decimal: true },
];

export function ContinueDialog({ attempt, opened, busy, error, onClose, onConfirm }: ContinueDialogProps) {
  const [addition, setAddition] = useState<Addition>(nothingAdded);
  return (
    <Modal opened={opened} onClose={onClose} title="Add budget and continue" centered>
      <p className={classes.lead}>
        {whyEnded(attempt)} What is added here raises its limits; the work goes on where it ended, without asking the model again for what is done.
      </p>
      <div className={classes.pair}>
        {fields.map(({ key, label, min, max, step, decimal }) => (
          <NumberInput
            key={key}
            label={`Add ${label.toLowerCase()}`}
            placeholder="0"
            min={min}
            max={max}
            step={step}
            clampBehavior="blur"
            allowDecimal={decimal === true}
            allowNegative={false}
            thousandSeparator=","
            value={addition[key]}
            onChange={(value) => setAddition((before) => ({ ...before, [key]: value }))}
          />
        ))}
      </div>
      {error !== null && <Notice tone="danger" title="The task was not continued">{describeError(error)}</Notice>}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Not now
        </Button>
        <Button loading={busy} onClick={() => onConfirm(toContinueRequest(addition))}>
          Add and continue
        </Button>
      </div>
    </Modal>
  );
}
