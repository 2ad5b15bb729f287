import { Button, useComputedColorScheme } from '@mantine/core';
import { FileDiff, type FileDiffProps } from '@pierre/diffs/react';
import { ChevronDown } from '../ui/icons';
import type { DiffLineAnnotation, SelectedLineRange } from '@pierre/diffs';
import { useMemo, useState, type ReactNode } from 'react';
import { CopyButton } from '../ui/CopyButton';
import { plural } from '../ui/time';
import { Counts } from './Counts';
import type { PatchFile } from './patchFiles';
import classes from './PatchView.module.css';
import type { DiffStyle } from './PatchView';
import { makeLineKeys } from './lineKeys';

/** A longer file waits for a click, so that one generated file does not stall the page. */
const longFile = 1500;

const focusedNumber = '[data-column-number]:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }';

const changes: Partial<Record<PatchFile['change'], string>> = {
  new: 'new',
  deleted: 'deleted',
  'rename-pure': 'renamed',
  'rename-changed': 'renamed',
};

export interface FileCardProps {
  id: string;
  file: PatchFile;
  style: DiffStyle;
  wrap: boolean;
}

/** What people say about a file's lines. */
export interface FileNotes<Note> {
  notes: DiffLineAnnotation<Note>[];
  renderNote: (note: DiffLineAnnotation<Note>) => ReactNode;
  /** The lines that are being spoken about. */
  selected: SelectedLineRange | null;
  /** Null where nothing can be said. Has to be the same between drawings: another one draws the file anew. */
  onSelect: ((lines: SelectedLineRange) => void) | null;
}

export function FileCard<Note = undefined>({ id, file, style, wrap, notes }: FileCardProps & { notes?: FileNotes<Note> }) {
  const [open, setOpen] = useState(true);
  const [long, setLong] = useState(file.diff.unifiedLineCount > longFile);
  const scheme = useComputedColorScheme('light');
  const onSelect = notes?.onSelect ?? null;
  const options = useMemo<FileDiffProps<Note, undefined>['options']>(
    () => ({
      diffStyle: style,
      themeType: scheme,
      theme: { light: 'pierre-light', dark: 'pierre-dark' },
      disableFileHeader: true,
      diffIndicators: 'classic',
      hunkSeparators: 'metadata',
      lineDiffType: 'word',
      overflow: wrap ? 'wrap' : 'scroll',
      ...(onSelect !== null && {
        enableGutterUtility: true,
        lineHoverHighlight: 'number',
        unsafeCSS: focusedNumber,
        onGutterUtilityClick: onSelect,
        // A finger has no hover that would show the button.
        onLineNumberClick: ({ lineNumber, annotationSide }) => onSelect({ start: lineNumber, end: lineNumber, side: annotationSide }),
        onPostRender: (host) => makeLineKeys(host, (line, side) => onSelect({ start: line, end: line, side })),
      }),
    }),
    [style, scheme, wrap, onSelect],
  );
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
          options={options}
          lineAnnotations={notes?.notes}
          selectedLines={notes?.selected}
          renderAnnotation={notes?.renderNote}
        />
      )}
    </section>
  );
}
