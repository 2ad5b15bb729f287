import { Button, Modal } from '@mantine/core';
import type { ReactNode } from 'react';

interface ConfirmDialogProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** Says on the button what will happen. */
  confirm: string;
  danger?: boolean;
  busy?: boolean;
  disabled?: boolean;
  onConfirm: () => void;
  children: ReactNode;
}

export function ConfirmDialog({ opened, onClose, title, confirm, danger = false, busy = false, disabled = false, onConfirm, children }: ConfirmDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={title} centered>
      <div>{children}</div>
      <div style={{ display: 'flex', justifyContent: 'flex-end', gap: 10, marginTop: 24 }}>
        <Button variant="default" onClick={onClose}>
          Not now
        </Button>
        <Button color={danger ? 'red' : undefined} loading={busy} disabled={disabled} onClick={onConfirm} data-autofocus>
          {confirm}
        </Button>
      </div>
    </Modal>
  );
}
