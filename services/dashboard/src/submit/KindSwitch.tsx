import { SegmentedControl } from '@mantine/core';
import type { TaskKind } from '../api/types';

interface KindSwitchProps {
  kind: TaskKind;
  onChange: (kind: TaskKind) => void;
}

/** Whether a change is wanted, an answer, or a review. */
export function KindSwitch({ kind, onChange }: KindSwitchProps) {
  return (
    <SegmentedControl
      aria-label="Kind of task"
      data={[
        { value: 'change', label: 'Change' },
        { value: 'ask', label: 'Question' },
        { value: 'review', label: 'Review' },
      ]}
      value={kind}
      onChange={(value) => onChange(value as TaskKind)}
    />
  );
}
