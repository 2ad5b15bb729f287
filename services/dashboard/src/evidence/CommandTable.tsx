import { ChevronRight } from '../ui/icons';
import { Fragment, useState } from 'react';
import type { CommandReport } from '../api/types';
import { formatBytes, formatSeconds } from '../ui/time';
import { CommandOutput } from './CommandOutput';
import classes from './Evidence.module.css';

const phases: Record<string, string> = { before: 'Before the patch', after: 'With the patch' };

const phaseName = (phase: string, names: Record<string, string>) => names[phase] ?? phase.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase());

interface CommandTableProps {
  taskId: string;
  attempt?: number;
  commands: readonly CommandReport[];
  /** What the phases are called. */
  names?: Record<string, string>;
}

/** Each recorded command; its output is fetched when it is opened. */
export function CommandTable({ taskId, attempt, commands, names = phases }: CommandTableProps) {
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const toggle = (index: number) =>
    setOpen((before) => {
      const after = new Set(before);
      if (!after.delete(index)) {
        after.add(index);
      }
      return after;
    });

  return (
    <table className={classes.commands}>
      <thead>
        <tr>
          <th scope="col">Phase</th>
          <th scope="col">Command</th>
          <th scope="col" className={classes.right}>Exit code</th>
          <th scope="col" className={classes.right}>Duration</th>
          <th scope="col" className={classes.right}>Output</th>
        </tr>
      </thead>
      <tbody>
        {commands.map((command) => {
          const shown = open.has(command.index);
          return (
            <Fragment key={command.index}>
              <tr className={classes.command}>
                <td className={classes.phase}>{phaseName(command.phase, names)}</td>
                <td className={classes.line}>
                  <button type="button" className={classes.expand} aria-expanded={shown} onClick={() => toggle(command.index)}>
                    <ChevronRight size={15} aria-hidden="true" />
                    <code>{command.command}</code>
                  </button>
                </td>
                <td className={classes.right} data-label="exit">
                  <span className={classes.exit} data-tone={command.exit_code === 0 ? 'success' : command.timed_out ? 'warning' : 'danger'}>
                    {command.timed_out ? 'timed out' : command.exit_code}
                  </span>
                </td>
                <td className={classes.right}>{formatSeconds(command.seconds)}</td>
                <td className={classes.right}>{formatBytes(command.output_bytes)}</td>
              </tr>
              {shown && (
                <tr>
                  <td colSpan={5} className={classes.opened}>
                    <CommandOutput taskId={taskId} attempt={attempt} index={command.index} />
                  </td>
                </tr>
              )}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}
