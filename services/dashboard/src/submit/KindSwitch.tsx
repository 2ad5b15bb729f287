import { SegmentedControl } from '@mantine/core';
import type { ServiceInfo, TaskKind } from '../api/types';
import { Notice } from '../ui/Notice';

interface KindSwitchProps {
  kind: TaskKind;
  service: ServiceInfo | undefined;
  onChange: (kind: TaskKind) => void;
}

/** Whether a change is wanted, an answer, or a review. */
export function KindSwitch({ kind, service, onChange }: KindSwitchProps) {
  return (
    <>
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
      {kind === 'ask' && service?.brain === 'repair' && (
        <Notice tone="warning" title="Questions need a model">
          This service seems to have none: set CODEX_MODEL_URL and CODEX_MODEL where its worker runs.
        </Notice>
      )}
    </>
  );
}
