import { Button, Textarea } from '@mantine/core';
import { useEffect, useRef, useState, type FormEvent, type KeyboardEvent } from 'react';
import { describeLines, type CommentedLines } from './diffLines';
import classes from './Reviews.module.css';

interface CommentFormProps {
  path: string;
  lines: CommentedLines;
  /** The text of the comment that is changed. */
  text?: string;
  /** What was typed before the form's element was made anew. */
  typed?: string;
  onType?: (body: string) => void;
  onSave: (body: string) => void;
  onCancel: () => void;
}

/** A few words about a line; they wait in the draft until the review is sent. */
export function CommentForm({ path, lines, text = '', typed = text, onType, onSave, onCancel }: CommentFormProps) {
  const [body, setBody] = useState(typed);
  const box = useRef<HTMLTextAreaElement>(null);
  // The diff makes room for the form only after it was drawn, and what has no room takes no focus.
  useEffect(() => {
    const frame = requestAnimationFrame(() => box.current?.focus({ preventScroll: true }));
    return () => cancelAnimationFrame(frame);
  }, []);
  const save = (event?: FormEvent) => {
    event?.preventDefault();
    if (body.trim() !== '') {
      onSave(body.trim());
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation(); // The page's shortcuts are for other places.
    if (event.key === 'Escape' && body === text) {
      onCancel();
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      save();
    }
  };
  return (
    <form className={classes.form} onSubmit={save} onKeyDown={onKeyDown}>
      <Textarea
        aria-label={`Comment on ${describeLines(path, lines)}`}
        placeholder={lines.startLine === null ? `What about line ${lines.line}?` : `What about lines ${lines.startLine} to ${lines.line}?`}
        autosize
        minRows={2}
        maxRows={10}
        maxLength={10_000}
        ref={box}
        value={body}
        onChange={(event) => {
          setBody(event.currentTarget.value);
          onType?.(event.currentTarget.value);
        }}
      />
      <div className={classes.actions}>
        <Button type="button" size="xs" variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" size="xs" disabled={body.trim() === ''}>
          {text === '' ? 'Add to the review' : 'Save'}
        </Button>
      </div>
    </form>
  );
}
