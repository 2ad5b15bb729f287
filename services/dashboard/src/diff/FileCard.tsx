import { Button, useComputedColorScheme } from '@mantine/core';
import { FileDiff } from '@pierre/diffs/react';
import { ChevronDown } from '../ui/icons';
import { useState } from 'react';
import { CopyButton } from '../ui/CopyButton';
import { plural } from '../ui/time';
import { Counts } from './Counts';
import type { PatchFile } from './patchFiles';
import classes from './PatchView.module.css';
import type { DiffStyle } from './PatchView';

/** A longer file waits for a click, so that one generated file does not stall the page. */
const longFile = 1500;

const changes: Partial<Record<PatchFile['change'], string>> = {
  new: 'new',
  deleted: 'deleted',
  'rename-pure': 'renamed',
  'rename-changed': 'renamed',
};

interface FileCardProps {
  id: string;
  file: PatchFile;
  style: DiffStyle;
  wrap: boolean;
}

export function FileCard({ id, file, style, wrap }: FileCardProps) {
  const [open, setOpen] = useState(true);
  const [long, setLong] = useState(file.diff.unifiedLineCount > longFile);
  const scheme = useComputedColorScheme('light');
  return (
    <section id={id} className={classes.card} aria-label={file.path}>
      <header className={classes.head}>
        <button type="button" className={classes.fold} aria-expanded={open} aria-label={`${open ? 'Fold' : 'Unfold'} ${file.path}`} onClick={() => setOpen(!open)}>
          <ChevronDown size={16} aria-hidden="true" />
        </button>
        <span className={classes.name}>
          {file.previousPath !== null && <span className={classes.previous}>{file.previousPath} → </span>}
          {file.path}
        </span>
        {changes[file.change] !== undefined && <span className={classes.change}>{changes[file.change]}</span>}
        <CopyButton text={file.path} what="path" />
        <span className={classes.push}>
          <Counts additions={file.additions} deletions={file.deletions} />
        </span>
      </header>
      {open && file.empty && <p className={classes.nothing}>Binary content or a change of mode: there are no lines to show.</p>}
      {open && long && !file.empty && (
        <p className={classes.nothing}>
          {plural(file.diff.unifiedLineCount, 'line')}.{' '}
          <Button size="compact-sm" variant="light" onClick={() => setLong(false)}>
            Show them
          </Button>
        </p>
      )}
      {open && !long && !file.empty && (
        <FileDiff
          fileDiff={file.diff}
          className={classes.diff}
          options={{
            diffStyle: style,
            themeType: scheme,
            theme: { light: 'pierre-light', dark: 'pierre-dark' },
            disableFileHeader: true,
            diffIndicators: 'classic',
            hunkSeparators: 'metadata',
            lineDiffType: 'word',
            overflow: wrap ? 'wrap' : 'scroll',
          }}
        />
      )}
    </section>
  );
}
