import type { SelectedLineRange } from '@pierre/diffs';
import { useCallback, useMemo } from 'react';
import { FileCard, type FileCardProps, type FileNotes } from '../diff/FileCard';
import { DiffLines } from './diffLines';
import { lineThreads, type LineThread } from './lineThreads';
import { formKey, useReviewing, type OpenForm } from './reviewing';
import { ThreadView, type Compose } from './ThreadView';

/** A file of the diff with what was said about its lines, and a place to say more. */
export function ReviewedFile(props: FileCardProps) {
  const { path, diff } = props.file;
  const { pull, reviews, drafts, forms, openForm, closeForm, typed, actions } = useReviewing();
  const lines = useMemo(() => new DiffLines(diff), [diff]);
  const own = useMemo(() => forms.filter((form) => form.path === path && lines.has(form.side, form.line)), [forms, path, lines]);
  const current = useMemo(() => drafts.filter((draft) => draft.head === pull.head_commit), [drafts, pull.head_commit]);
  const notes = useMemo(() => lineThreads(path, lines, reviews, current, own), [path, lines, reviews, current, own]);
  const onSelect = useCallback(
    (range: SelectedLineRange) => {
      const marked = lines.marked(range);
      if (marked !== null) {
        openForm({ path, ...marked });
      }
    },
    [lines, openForm, path],
  );
  const compose: Compose | null =
    actions === null
      ? null
      : {
          save: (of, body) => {
            actions.put({ path, side: of.side, line: of.line, startLine: of.startLine, body, head: pull.head_commit });
            closeForm({ path, ...of });
          },
          cancel: (of) => closeForm({ path, ...of }),
          typed: (of) => typed.get(formKey({ path, ...of })),
          type: (of, body) => typed.set(formKey({ path, ...of }), body),
          change: (draft, body) => actions.put({ ...draft, body }, draft.id),
          remove: actions.remove,
        };
  const shown: FileNotes<LineThread> = {
    notes,
    renderNote: (note) => <ThreadView path={path} thread={note.metadata} compose={compose} />,
    selected: selection(own.at(-1)),
    onSelect: actions === null ? null : onSelect,
  };
  return <FileCard {...props} notes={shown} />;
}

function selection(form: OpenForm | undefined): SelectedLineRange | null {
  if (form === undefined) {
    return null;
  }
  const side = form.side === 'old' ? 'deletions' : 'additions';
  return { start: form.startLine ?? form.line, end: form.line, side, endSide: side };
}
