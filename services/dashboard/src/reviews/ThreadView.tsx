import { ActionIcon } from '@mantine/core';
import { useState } from 'react';
import { Markdown } from '../ui/Markdown';
import { Trash } from '../ui/icons';
import { CommentCard } from './CommentCard';
import { CommentForm } from './CommentForm';
import type { CommentedLines } from './diffLines';
import type { LineThread } from './lineThreads';
import type { DraftComment } from './reviewDraft';
import classes from './Reviews.module.css';

interface ThreadViewProps {
  path: string;
  thread: LineThread;
  /** Null where nothing can be said any more. */
  compose: Compose | null;
}

/** What a person does with comments that are not sent yet. */
export interface Compose {
  save: (lines: CommentedLines, body: string) => void;
  cancel: (lines: CommentedLines) => void;
  typed: (lines: CommentedLines) => string | undefined;
  type: (lines: CommentedLines, body: string) => void;
  change: (draft: DraftComment, body: string) => void;
  remove: (id: string) => void;
}

/** What stands under a line: comments that were sent, those of the draft, and the form. */
export function ThreadView({ path, thread, compose }: ThreadViewProps) {
  return (
    <div className={classes.thread}>
      {thread.sent.map((sent) => (
        <CommentCard key={sent.comment.id} {...sent} />
      ))}
      {compose !== null && thread.drafts.map((draft) => <DraftCard key={draft.id} draft={draft} compose={compose} />)}
      {compose !== null && thread.form !== null && <NewComment path={path} lines={thread.form} compose={compose} />}
    </div>
  );
}

function NewComment({ path, lines, compose }: { path: string; lines: CommentedLines; compose: Compose }) {
  return (
    <CommentForm
      path={path}
      lines={lines}
      typed={compose.typed(lines)}
      onType={(body) => compose.type(lines, body)}
      onSave={(body) => compose.save(lines, body)}
      onCancel={() => compose.cancel(lines)}
    />
  );
}

function DraftCard({ draft, compose }: { draft: DraftComment; compose: Compose }) {
  const [editing, setEditing] = useState(false);
  if (editing) {
    const save = (body: string) => {
      compose.change(draft, body);
      setEditing(false);
    };
    return <CommentForm path={draft.path} lines={draft} text={draft.body} onSave={save} onCancel={() => setEditing(false)} />;
  }
  return (
    <article className={classes.comment} data-draft aria-label="Your comment, not sent yet">
      <header className={classes.by}>
        <strong>You</strong>
        <span className={classes.state} data-tone="neutral">
          not sent yet
        </span>
        <button type="button" className={classes.edit} onClick={() => setEditing(true)}>
          Edit
        </button>
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label="Remove the comment" onClick={() => compose.remove(draft.id)}>
          <Trash size={14} />
        </ActionIcon>
      </header>
      {draft.startLine !== null && <p className={classes.range}>Lines {draft.startLine} to {draft.line}</p>}
      <Markdown text={draft.body} />
    </article>
  );
}
