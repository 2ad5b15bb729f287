import { Kbd, Modal } from '@mantine/core';
import { Fragment } from 'react';
import classes from './ShortcutsDialog.module.css';

const groups: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  ['Everywhere', [['n', 'New task'], ['g t', 'Tasks'], ['g p', 'Pull requests'], ['g h', 'GitHub'], ['?', 'This list']]],
  ['Lists', [['j', 'Next entry'], ['k', 'Previous entry'], ['Enter', 'Open the entry'], ['/', 'Search']]],
  ['Task', [['1 … 5', 'Log, Diff, Evidence, Details, Attempts'], ['s', 'Side by side or unified diff']]],
  ['New task', [['Ctrl Enter', 'Submit (⌘ Enter on a Mac)']]],
];

interface ShortcutsDialogProps {
  opened: boolean;
  onClose: () => void;
}

export function ShortcutsDialog({ opened, onClose }: ShortcutsDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" size="md" centered>
      {groups.map(([name, keys]) => (
        <section key={name} className={classes.group}>
          <h3 className={classes.name}>{name}</h3>
          <dl className={classes.keys}>
            {keys.map(([key, does]) => (
              <Fragment key={key}>
                <dt>{does}</dt>
                <dd>
                  {key.split(' ').map((part) => (part === '…' ? ' … ' : <Kbd key={part}>{part}</Kbd>))}
                </dd>
              </Fragment>
            ))}
          </dl>
        </section>
      ))}
    </Modal>
  );
}
