import { Button, Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { describeError } from '../api/problem';
import { evidenceQuery } from '../api/queries';
import { CopyButton } from '../ui/CopyButton';
import { Notice } from '../ui/Notice';
import { plural } from '../ui/time';
import classes from './Evidence.module.css';
import { styleLines, terminalLines } from './terminalText';

/** The end of an output says how it went. */
const tail = 300;
const most = 5000;

export function CommandOutput({ taskId, attempt, index }: { taskId: string; attempt?: number; index: number }) {
  const output = useQuery(evidenceQuery(taskId, index, attempt));
  const [all, setAll] = useState(false);
  const lines = useMemo(() => terminalLines(output.data ?? ''), [output.data]);
  const shown = useMemo(() => styleLines(lines.slice(all ? -most : -tail)), [lines, all]);

  const box = useRef<HTMLPreElement>(null);
  useEffect(() => {
    if (box.current !== null) {
      box.current.scrollTop = box.current.scrollHeight;
    }
  }, [shown]);

  if (output.isPending) {
    return <Loader size="sm" aria-label="Loading the output" />;
  }
  if (output.isError) {
    return <Notice tone="danger">{describeError(output.error)}</Notice>;
  }
  if (lines.length === 0) {
    return <p className={classes.silent}>The command wrote nothing.</p>;
  }
  const hidden = lines.length - shown.length;
  return (
    <div className={classes.output}>
      <div className={classes.outputTools}>
        <span>{hidden > 0 ? `The last ${plural(shown.length, 'line')} of ${lines.length.toLocaleString('en')}` : plural(lines.length, 'line')}</span>
        {hidden > 0 && !all && (
          <Button size="compact-xs" variant="subtle" onClick={() => setAll(true)}>
            {lines.length > most ? `Show ${most.toLocaleString('en')}` : 'Show all'}
          </Button>
        )}
        <CopyButton text={lines.join('\n')} what="output" />
      </div>
      <pre ref={box} className={classes.terminal} tabIndex={0} aria-label="Output">
        {shown.map((line, at) => (
          <span key={at}>
            {line.map((part, position) => (
              <span key={position} style={{ color: part.colour ?? undefined, fontWeight: part.bold ? 650 : undefined, opacity: part.dim ? 0.7 : undefined }}>
                {part.text}
              </span>
            ))}
            {'\n'}
          </span>
        ))}
      </pre>
    </div>
  );
}
