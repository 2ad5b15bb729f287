import { Button, SegmentedControl } from '@mantine/core';
import { useLocalStorage, useMediaQuery } from '@mantine/hooks';
import { Download, FileDiff as FileDiffIcon, WrapText } from '../ui/icons';
import { useMemo, type ComponentType } from 'react';
import { useShortcuts } from '../app/useShortcuts';
import { CopyButton } from '../ui/CopyButton';
import { EmptyState } from '../ui/EmptyState';
import { plural } from '../ui/time';
import { Counts } from './Counts';
import { FileCard, type FileCardProps } from './FileCard';
import { patchFiles } from './patchFiles';
import classes from './PatchView.module.css';

export type DiffStyle = 'split' | 'unified';

interface PatchViewProps {
  patch: string;
  /** Address of the patch as a file. */
  downloadUrl: string;
  /** Another card for a file, for example one with comments. */
  card?: ComponentType<FileCardProps>;
}

/** A patch with syntax colours, side by side or unified. */
export function PatchView({ patch, downloadUrl, card: Card = FileCard }: PatchViewProps) {
  const narrow = useMediaQuery('(max-width: 900px)', false, { getInitialValueInEffect: false });
  const [wanted, setWanted] = useLocalStorage<DiffStyle>({ key: 'codex-diff-style', defaultValue: 'split', getInitialValueInEffect: false });
  const [wrap, setWrap] = useLocalStorage({ key: 'codex-diff-wrap', defaultValue: false, getInitialValueInEffect: false });
  const style = narrow ? 'unified' : wanted;
  const files = useMemo(() => patchFiles(patch), [patch]);
  useShortcuts({ s: () => setWanted(wanted === 'split' ? 'unified' : 'split') });

  if (patch.trim() === '' || files?.length === 0) {
    return (
      <EmptyState icon={FileDiffIcon} title="The patch is empty">
        Nothing was changed.
      </EmptyState>
    );
  }
  const shown = files ?? [];
  const sum = (of: 'additions' | 'deletions') => shown.reduce((total, file) => total + file[of], 0);
  return (
    <div className={classes.view}>
      <div className={classes.tools}>
        {files !== null && (
          <span className={classes.summary}>
            {plural(shown.length, 'file')} changed <Counts additions={sum('additions')} deletions={sum('deletions')} />
          </span>
        )}
        <div className={classes.buttons}>
          {!narrow && (
            <SegmentedControl
              size="xs"
              aria-label="How to show the diff"
              data={[
                { value: 'split', label: 'Side by side' },
                { value: 'unified', label: 'Unified' },
              ]}
              value={wanted}
              onChange={(value) => setWanted(value as DiffStyle)}
            />
          )}
          <Button variant="default" size="xs" leftSection={<WrapText size={14} />} aria-pressed={wrap} className={classes.wrap} onClick={() => setWrap(!wrap)}>
            Wrap
          </Button>
          <CopyButton text={patch} what="patch" withText />
          <Button component="a" href={downloadUrl} download variant="default" size="xs" leftSection={<Download size={14} />}>
            Download
          </Button>
        </div>
      </div>
      {files === null && <pre className={classes.raw}>{patch}</pre>}
      <div className={classes.body} data-list={shown.length > 1 || undefined}>
        {shown.length > 1 && (
          <nav className={classes.list} aria-label="Changed files">
            {shown.map((file, index) => (
              <a key={file.path} href={`#file-${index}`} className={classes.entry} title={file.path}>
                <span className={classes.path}>
                  <bdi>{file.path}</bdi>
                </span>
                <Counts additions={file.additions} deletions={file.deletions} />
              </a>
            ))}
          </nav>
        )}
        <div className={classes.files}>
          {shown.map((file, index) => (
            <Card key={file.path} id={`file-${index}`} file={file} style={style} wrap={wrap} />
          ))}
        </div>
      </div>
    </div>
  );
}
